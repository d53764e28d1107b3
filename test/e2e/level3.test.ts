import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { commitAll, edit } from './edit.ts'
import { freePort } from './level2-port.ts'
import { killWhile, stepsIn } from './level3-steps.ts'
import { createPrepared } from './prepared.ts'
import { model, python, readJson, SAMPLE } from './projects.ts'
import { make, run } from './run.ts'

const SCHEMA_SKEW = 5
const REFUSED = 6

/** One project goes through what happens to a model: each test begins where the one before has ended. */
describe('tracking=mlflow store=local orchestrator=dvc features=none compute=local estimator=builtin: a model and its versions', () => {
  let project: string

  beforeAll(() => {
    project = createPrepared(SAMPLE, {}, '--level', '3')
    edit(project, 'params.yaml', 'model: {}', 'model: {max_rounds: 40}')
    commitAll(project)
    const made = make(project, 'pipeline')
    expect(made.code, made.output).toBe(0)
    expect(made.stdout).toContain('Version    1 may be put into use')
    expect(model(project, 'promote', '1').code).toBe(0)
  })

  test('the record of a run says what was executed, when, by whom, with what, and what came out', () => {
    const record = readJson(project, 'models/versions/1/run.json')
    const fingerprint = model(project, 'env-fingerprint').stdout.match(/^fingerprint +(\S+)$/m)?.[1]
    const head = run(project, 'git', ['rev-parse', 'HEAD']).stdout.trim()
    expect(record).toMatchObject({
      execution: expect.stringMatching(/^\d{8}T\d{6}-/),
      trigger: 'on demand',
      configuration: 'prod',
      started_at: expect.any(String),
      finished_at: expect.any(String),
      executor: { user: expect.any(String), host: expect.any(String), orchestrator: 'dvc' },
      code: { git_sha: head, git_dirty: false },
      environment: { fingerprint, seed: 0, threads: 1, lock: 'uv.lock' },
      data: { sha256: sha256(project, 'data/clean/rows.parquet'), rows: 17_379 },
      parameters: { training: { seed: 0 }, model: { max_rounds: 40 } },
      previous_model: null,
      metrics: { test: expect.any(Object), train: expect.any(Object), baseline: expect.any(Object) },
      validation: { passed: true },
    })
    const steps = ['ingest', 'validate', 'features', 'split', 'train', 'evaluate', 'validate-model']
    expect(Object.keys(record.steps)).toEqual(steps)
    for (const step of Object.values<Record<string, unknown>>(record.steps)) {
      expect(step).toMatchObject({ seconds: expect.any(Number), execution: record.execution })
      expect(step.outputs).not.toEqual({})
    }
  })

  test('a second run does nothing', () => {
    const lock = sha256(project, 'dvc.lock')
    const again = model(project, 'pipeline')
    expect(again.code, again.output).toBe(0)
    expect(again.stdout).toContain('every step is up to date')
    expect(stepsIn(again.stdout)).toEqual([])
    expect(sha256(project, 'dvc.lock')).toBe(lock)
  })

  test('a model that is better over all but worse in one slice is refused, with the name of the slice', () => {
    edit(project, 'params.yaml', 'max_rounds: 40', 'max_rounds: 400')
    edit(
      project,
      'src/model/features.py',
      '    return features\n',
      '    features.loc[table["weathersit"] == 3, "hour"] = 12.0\n    return features\n',
    )
    const refused = model(project, 'pipeline')
    expect(refused.code, refused.output).toBe(REFUSED)
    expect(stepsIn(refused.stdout)).toEqual(['features', 'train', 'evaluate', 'validate-model', 'register'])
    expect(refused.stdout).toMatch(/Refused +slices beside champion \(version 1\): worse in weathersit = 3:/)
    expect(refused.stdout).not.toContain('Refused    champion')
    for (const command of [['promote'], ['release', '--who', 'me', '--reason', 'so', '--version']]) {
      const promoted = model(project, ...command, '2')
      expect(promoted.code, promoted.output).toBe(REFUSED)
      expect(promoted.stderr).toContain('weathersit = 3')
    }
    expect(readJson(project, 'models/champion.json').version).toBe(1)
    run(project, 'git', ['checkout', '--quiet', 'src/model/features.py'])
  })

  test('a run that is killed while it trains goes on there', async () => {
    await killWhile(project, 'train')
    const resumed = model(project, 'pipeline')
    expect(resumed.code, resumed.output).toBe(0)
    expect(stepsIn(resumed.stdout)).toEqual(['train', 'evaluate', 'validate-model', 'register'])
    expect(resumed.stdout).toContain('Version    3 may be put into use')
  })

  test('what is promoted is what predicts, and a rollback brings back exactly what predicted before', () => {
    expect(usedModel(project)).toBe(readJson(project, 'models/versions/1/signature.json').sha256)
    const released = model(project, 'release', '--version', '3', '--who', 'me', '--reason', 'more rounds')
    expect(released.code, released.output).toBe(0)
    expect(readFileSync(join(project, 'RELEASES.md'), 'utf8')).toContain('| me |')
    expect(usedModel(project)).toBe(readJson(project, 'models/versions/3/signature.json').sha256)
    const back = model(project, 'rollback')
    expect(back.code, back.output).toBe(0)
    expect(back.stdout).toMatch(/Proof +3,464 golden predictions of version 1 are exactly the recorded ones/)
    expect(back.stdout).toMatch(/Champion +version 1 again, after version 3, in \d+\.\d s/)
    expect(usedModel(project)).toBe(readJson(project, 'models/versions/1/signature.json').sha256)
  })

  test('a changed cell is a new data version, and the old one comes back byte by byte', () => {
    const before = sha256(project, 'data/clean/rows.parquet')
    const healthy = readFileSync(source(project))
    changeRows(project, (rows) => rows.map((row, index) => (index === 5 ? row.with(-1, '77') : row)))
    expect(model(project, 'data').stdout).toContain(' version ')
    expect(sha256(project, 'data/clean/rows.parquet')).not.toBe(before)
    // From the remote, as in a fresh clone.
    rmSync(join(project, '.dvc/cache'), { recursive: true })
    const restored = make(project, 'data', `VERSION=${before.slice(0, 6)}`)
    expect(restored.code, restored.output).toBe(0)
    expect(sha256(project, 'data/clean/rows.parquet')).toBe(before)
    writeFileSync(source(project), healthy)
  })

  test('rows without a column stop it, and nothing is trained', () => {
    const healthy = readFileSync(source(project))
    changeRows(project, (rows) => rows.map((row) => row.filter((_, at) => at !== 3)))
    const stopped = model(project, 'trigger')
    writeFileSync(source(project), healthy)
    expect(stopped.code, stopped.output).toBe(SCHEMA_SKEW)
    expect(stopped.stderr).toMatch(/missing column .*\nNothing was trained/s)
    expect(stepsIn(stopped.stdout)).toEqual([])
  })

  test('new rows train once, not twice; values that have shifted are flagged', () => {
    changeRows(project, ([header = [], ...rows]) => {
      const at = header.indexOf('windspeed')
      const shifted = rows.map((row) => row.with(at, String(Number(row[at]) * 1.6)))
      return [header, ...shifted, (shifted.at(-1) as string[]).with(0, '17380')]
    })
    const fired = model(project, 'trigger')
    expect([0, REFUSED], fired.output).toContain(fired.code)
    expect(fired.stdout).toMatch(/VALUE SKEW in \d+ inputs? since \w+: windspeed/)
    expect(stepsIn(fired.stdout)).toContain('register')
    const again = model(project, 'trigger')
    expect(again.code, again.output).toBe(0)
    expect(again.stdout).toContain('no new data')
    expect(stepsIn(again.stdout)).toEqual([])
  })

  test('a lock that has changed makes another fingerprint, and is refused', () => {
    const before = model(project, 'env-fingerprint').stdout
    const lock = readFileSync(join(project, 'uv.lock'), 'utf8')
    writeFileSync(join(project, 'uv.lock'), `${lock}# changed\n`)
    const refused = model(project, 'pipeline')
    const after = model(project, 'env-fingerprint').stdout
    writeFileSync(join(project, 'uv.lock'), lock)
    expect(refused.code, refused.output).toBe(1)
    expect(refused.stderr).toMatch(/uv\.lock has changed .*--force/)
    expect(after).not.toBe(before)
  })

  test('dev and prod run the same code in every step, and differ in their configuration only', () => {
    const tried = model(project, 'pipeline', '--env', 'dev', '--data', versionOf(project, 3).data_version)
    expect(tried.code, tried.output).toBe(REFUSED)
    expect(tried.stdout).toMatch(/Refused +all rows: split\.max_rows/)
    const compared = model(
      project,
      'compare',
      '3',
      String(readJson(project, 'models/registered.json').version),
    )
    expect(compared.code, compared.output).toBe(0)
    expect(compared.stdout).toMatch(/^configuration +prod +dev$/m)
    expect(compared.stdout).toMatch(/^configuration of step split +/m)
    expect(compared.stdout).not.toContain('code of step')
  })

  test('a past run is made again with the same bytes, or within tolerance, or it fails', () => {
    const same = make(project, 'reproduce', 'RUN=1')
    expect(same.code, same.output).toBe(0)
    expect(same.stdout).toContain('same bytes')
    const artifacts = join(project, 'mlruns/artifacts', versionOf(project, 3).run)
    const [model3 = ''] = readdirSync(artifacts, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('model.joblib'),
    )
    const kept = join(artifacts, model3)
    writeFileSync(kept, Buffer.concat([readFileSync(kept), Buffer.from([0])]))
    const near = make(project, 'reproduce', 'RUN=3')
    expect(near.code, near.output).toBe(0)
    expect(near.stdout).toContain('within tolerance: other bytes')
    const metrics = join(kept, '../metrics.json')
    writeFileSync(metrics, readFileSync(metrics, 'utf8').replace(/"mae": /, '"mae": 1'))
    const far = model(project, 'reproduce', '3')
    expect(far.code, far.output).toBe(1)
    expect(far.stderr).toContain('Not reproduced: mae was')
  })

  test('model card and data sheet are made from the record of a run, without a hand', () => {
    const pages = ['docs/model-card.md', 'docs/data-sheet.md']
    expect(make(project, 'docs', 'RUN=1').code).toBe(0)
    const before = pages.map((page) => sha256(project, page))
    for (const page of pages) rmSync(join(project, page))
    expect(model(project, 'docs', readJson(project, 'models/champion.json').run_id).code).toBe(0)
    expect(pages.map((page) => sha256(project, page))).toEqual(before)
    expect(readFileSync(join(project, 'docs/model-card.md'), 'utf8')).toContain('**Version 1**')
  })

  test('a search for hyperparameters is a run with a nested one for each trial, some of them cut short', () => {
    const tuned = model(project, 'tune', '--trials', '6')
    expect(tuned.code, tuned.output).toBe(0)
    expect(tuned.stdout).toMatch(/Trials +6, of which [1-9]\d* were stopped early/)
    const script = `
from model import config, tracking
runs = tracking.connect(config.load_config()).search_runs(["1"], filter_string="tags.mlflow.parentRunId != ''")
print(len(runs))`
    expect(python(project, script).stdout.trim()).toBe('6')
    expect(readFileSync(join(project, 'params.yaml'), 'utf8')).toContain('# What a model has to pass')
  })

  test('the pages of MLflow open', async () => {
    const port = await freePort()
    const program = join(project, '.venv/bin/model')
    const server = spawn(program, ['ui', '--port', String(port)], {
      cwd: project,
      stdio: 'ignore',
      detached: true,
    })
    try {
      await expect
        .poll(() => pageAt(port), { timeout: 120_000, interval: 500 })
        .toContain('<title>MLflow</title>')
    } finally {
      process.kill(-(server.pid as number), 'SIGTERM')
    }
  })
})

function sha256(project: string, path: string): string {
  return createHash('sha256')
    .update(readFileSync(join(project, path)))
    .digest('hex')
}

/** Predicts, and returns which model it was that did. */
function usedModel(project: string): string {
  const predicted = model(project, 'predict', 'models/versions/1/sample_input.csv', 'predictions.csv')
  expect(predicted.code, predicted.output).toBe(0)
  const query = `
import sqlite3
log = sqlite3.connect("monitoring/predictions.sqlite")
print(log.execute("select model_sha256 from predictions order by rowid desc").fetchone()[0])`
  return python(project, query).stdout.trim()
}

/** What the registry knows of a version. */
function versionOf(project: string, number: number): { run: string; data_version: string } {
  const script = `
import json
from model import config, registry
found = registry.find(config.load_config(), "${number}")
print(json.dumps({"run": found.run_id, **found.lineage}))`
  return JSON.parse(python(project, script).stdout)
}

function source(project: string): string {
  return join(project, 'data/raw/bike-sharing.csv.gz')
}

function changeRows(project: string, change: (rows: string[][]) => string[][]): void {
  const text = gunzipSync(readFileSync(source(project))).toString('utf8')
  const rows = text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(','))
  const changed = change(rows).map((row) => row.join(','))
  writeFileSync(source(project), gzipSync(`${changed.join('\n')}\n`))
}

async function pageAt(port: number): Promise<string> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    (response) => response.text(),
    () => '',
  )
}
