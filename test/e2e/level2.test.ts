import { spawn } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { commitAll, edit } from './edit.ts'
import * as level1 from './level1-checks.ts'
import { freePort } from './level2-port.ts'
import { prepare } from './prepared.ts'
import { CODES, CREDIT, createProject, model, python, readJson, SAMPLE } from './projects.ts'
import { createMlops, make, run, scratchFolder } from './run.ts'

const CLEAN = 'data/clean/rows.parquet'

const NEW = [
  { data: SAMPLE, name: SAMPLE.name, environment: 'uv' },
  { data: CREDIT, name: CREDIT.name, environment: 'pip' },
]

describe.each(NEW)('a new project at level 2 on $name, with $environment', ({ data, environment }) => {
  let project: string

  beforeAll(() => {
    project = createProject(data, { environment }, '--level', '2')
    prepare(project)
    const made = make(project, 'all', 'check')
    expect(made.code, made.output).toBe(0)
    commitAll(project)
  })

  test('make all and make check: the second time does nothing new', () => {
    const before = snapshotOf(project)
    const again = make(project, 'all')
    expect(again.code, again.output).toBe(0)
    expect(again.stdout).toContain('No new data.')
    expect(again.stdout).not.toMatch(/^(Model|Snapshot|Verdict) /m)
    expect(snapshotOf(project)).toEqual(before)
  })

  test('a fresh clone in another folder has the same packages, and comes to the same metrics', () => {
    const clone = join(scratchFolder('clone'), 'elsewhere')
    run('.', 'git', ['clone', '--quiet', project, clone])
    for (const targets of [['setup', 'all', 'check'], ['all']]) {
      const made = make(clone, ...targets)
      expect(made.code, made.output).toBe(0)
    }
    expect(readJson(clone, 'models/metrics.json').model).toEqual(
      readJson(project, 'models/metrics.json').model,
    )
    expect(packages(clone)).toEqual(packages(project))
  })

  test('changed inputs alone are told, and are no alert', () => {
    const good = ['examples/good-month.csv', 'predictions.csv']
    expect(model(project, 'predict', ...good).code).toBe(CODES.ok)
    const monitored = model(project, 'monitor', '--actuals', 'examples/good-month-actuals.csv')
    expect(monitored.code, monitored.output).toBe(CODES.ok)
    const { verdict, changed_inputs: changed } = readJson(project, 'reports/monitor.json')
    expect(verdict).toBe('OK')
    if (data !== SAMPLE) return
    expect(changed).toContain('temp')
    for (const report of ['monitor.md', 'monitor.html'])
      expect(readFileSync(join(project, 'reports', report), 'utf8')).toMatch(
        /\btemp\b.*distribution has changed/,
      )
    expect(existsSync(join(project, 'reports/alerts.log'))).toBe(false)
  })

  test('a source that is gone fails, and leaves the data as it was', () => {
    const before = bytes(project, CLEAN)
    const source = sourceFile(project)
    renameSync(source, `${source}.away`)
    const failed = model(project, 'data')
    renameSync(`${source}.away`, source)
    expect(failed.code, failed.output).toBe(CODES.input)
    expect(failed.stderr).toContain('there is no file')
    expect(bytes(project, CLEAN)).toEqual(before)
  })

  test('a file broken in four ways fails in four ways, and leaves the data as it was', () => {
    const before = bytes(project, CLEAN)
    const source = sourceFile(project)
    const healthy = readFileSync(source)
    const name = data === SAMPLE ? 'temp' : 'Credit_amount'
    for (const [expected, edit] of Object.entries(breakages(name))) {
      writeFileSync(source, like(healthy, edit(tableOf(healthy))))
      const failed = model(project, 'data')
      expect(failed.code, failed.output).toBe(CODES.input)
      expect(failed.stderr).toContain(expected)
      expect(bytes(project, CLEAN)).toEqual(before)
    }
    writeFileSync(source, healthy)
    expect(model(project, 'data').stdout).toContain('No new data.')
  })

  test('a few broken rows are set apart, and the others are used', () => {
    const source = sourceFile(project)
    const healthy = readFileSync(source)
    const [header = [], ...rows] = tableOf(healthy)
    const at = header.indexOf(data === SAMPLE ? 'temp' : 'Credit_amount')
    const broken = rows.map((row, index) => (index === 4 ? row.with(at, 'much') : row))
    writeFileSync(source, like(healthy, textOf([header, ...broken])))
    const collected = model(project, 'data')
    writeFileSync(source, healthy)
    expect(collected.code, collected.output).toBe(0)
    expect(collected.stdout).toMatch(/1 value breaks the rule "type numeric": "much" \(row 5\)/)
    expect(readdirSync(join(project, 'data/quarantine'))).toHaveLength(1)
    expect(model(project, 'data').code).toBe(0)
  })

  test('on_violation: stop uses nothing of a file with a broken row, and quarantine is what it was', () => {
    const before = bytes(project, CLEAN)
    const apart = readdirSync(join(project, 'data/quarantine'))
    const source = sourceFile(project)
    const healthy = readFileSync(source)
    const [header = [], ...rows] = tableOf(healthy)
    const at = header.indexOf(data === SAMPLE ? 'temp' : 'Credit_amount')
    const broken = rows.map((row, index) => (index === 5 ? row.with(at, 'much') : row))
    writeFileSync(source, like(healthy, textOf([header, ...broken])))
    edit(project, 'mlops.yaml', 'on_violation: quarantine', 'on_violation: stop')
    const stopped = model(project, 'data')
    edit(project, 'mlops.yaml', 'on_violation: stop', 'on_violation: quarantine')
    writeFileSync(source, healthy)
    expect(stopped.code, stopped.output).toBe(CODES.input)
    expect(stopped.stderr).toMatch(/1 value breaks the rule "type numeric": "much" \(row 6\)/)
    expect(bytes(project, CLEAN)).toEqual(before)
    expect(readdirSync(join(project, 'data/quarantine'))).toEqual(apart)
    expect(model(project, 'data').stdout).toContain('No new data.')
  })

  test('a run that is killed before it has published is simply started again', () => {
    const source = sourceFile(project)
    const healthy = readFileSync(source)
    const [header = [], ...rows] = tableOf(healthy)
    writeFileSync(source, like(healthy, textOf([header, ...rows.slice(0, -3)])))
    const killed = python(
      project,
      `
import os, signal
from model import cli, pipeline
pipeline.write_table = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
cli.main(["data"])`,
    )
    expect(killed.code).not.toBe(0)
    const resumed = model(project, 'data')
    writeFileSync(source, healthy)
    expect(resumed.code, resumed.output).toBe(0)
    expect(resumed.stdout).not.toContain('Snapshot')
    expect(resumed.stdout).toContain(`${(rows.length - 3).toLocaleString('en')} of`)
    expect(model(project, 'data').code).toBe(0)
  })

  test.runIf(environment === 'pip')('its wheel, in a clean environment, answers over HTTP', () =>
    servesFromWheel(project),
  )
})

describe('an edited project of level 1, upgraded', () => {
  let project: string

  beforeAll(() => {
    project = createProject(CREDIT, {}, '--no-install')
    edit(project, 'src/model/features.py', '    return features\n', (line) => `    ${OWN_FEATURE}\n${line}`)
    edit(project, 'src/model/model.py', 'max_leaves=31', 'max_leaves=15')
    appendFileSync(join(project, 'Makefile'), '\n.PHONY: ours\nours:\n\t@echo ours\n')
    edit(project, 'README.md', '## When to do more', (line) => `## Ours\n\nWritten by a person.\n\n${line}`)
    commitAll(project)
    const upgraded = createMlops(project, 'upgrade', '--yes')
    expect(upgraded.code, upgraded.output).toBe(0)
    prepare(project)
  })

  test('keeps the edits', () => {
    expect(readFileSync(join(project, 'src/model/features.py'), 'utf8')).toContain(OWN_FEATURE)
    expect(readFileSync(join(project, 'src/model/model.py'), 'utf8')).toContain('max_leaves=15')
    expect(readFileSync(join(project, 'README.md'), 'utf8')).toContain('Written by a person.')
    expect(make(project, 'ours').stdout).toBe('ours\n')
  })

  test('is green right after: make setup check, then all', () => {
    const made = make(project, 'setup', 'check', 'all')
    expect(made.code, made.output).toBe(0)
  })

  test('what level 1 does is still done', () => {
    level1.trainsBetterThanBaseline(project)
    level1.logsEachPrediction(project)
    level1.refusesBrokenColumns(project)
    level1.tellsGoodMonthFromBad(project)
    level1.needsEnoughLabels(project)
    level1.ranksTheChangedInputFirst(project)
  })

  test('refuses a commit that breaks a test, and takes one that does not', () => {
    run(project, 'git', ['add', '--all'])
    // Of every file, changed or not.
    const hook = run(project, '.venv/bin/pre-commit', ['run', 'notebook-output', '--all-files'])
    expect(hook.output).toMatch(/no output in notebooks.*Passed/)
    const good = run(project, 'git', ['commit', '-m', 'Go to level 2'])
    expect(good.code, good.output).toBe(0)
    const file = join(project, 'src/model/cleaning.py')
    const healthy = readFileSync(file, 'utf8')
    writeFileSync(file, healthy.replace('keep="last"', 'keep="first"'))
    const refused = run(project, 'git', ['commit', '--all', '-m', 'Break a test'])
    writeFileSync(file, healthy)
    expect(refused.code, refused.output).not.toBe(0)
    expect(refused.output).toContain('test_the_row_that_was_collected_last_is_kept_for_each_key')
  })

  test.each([
    ['a file above 10 MB', 'large.bin', Buffer.alloc(11_000_000, 1), 'exceeds'],
    ['a secret', 'settings.py', Buffer.from(`KEY = "${'AKIA'}IOSFODNN7EXAMPLQ"\n`), 'Potential secrets'],
    ['a notebook with output', 'notebooks/explore.ipynb', undefined, 'would have stripped'],
  ])('refuses %s', (_what, path, content, message) => {
    const file = join(project, path)
    const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined
    writeFileSync(file, content ?? (before as string).replace('"outputs": []', `"outputs": [${OUTPUT}]`))
    run(project, 'git', ['add', path])
    const refused = run(project, 'git', ['commit', '-m', 'Add it'])
    run(project, 'git', ['reset', '--quiet', '--hard'])
    expect(refused.code, refused.output).not.toBe(0)
    expect(refused.output).toContain(message)
  })

  test('its wheel, in a clean environment, answers over HTTP', () => servesFromWheel(project))
})

const OWN_FEATURE = 'features["credit per month"] = features["Credit_amount"] / features["Duration_in_month"]'
const OUTPUT = '{"name": "stdout", "output_type": "stream", "text": ["a row of the data"]}'

type Table = readonly (readonly string[])[]

/** By the message that each has to give. */
function breakages(name: string): Record<string, (table: Table) => string> {
  const at = (table: Table) => (table[0] as readonly string[]).indexOf(name)
  const map = (edit: (value: string) => string) => (table: Table) =>
    textOf(
      table.map((row, index) => (index === 0 ? row : row.with(at(table), edit(row[at(table)] as string)))),
    )
  return {
    [`missing column "${name}"`]: (table) =>
      textOf(table.map((row) => row.filter((_, i) => i !== at(table)))),
    'unknown column "surprise"': (table) =>
      textOf(table.map((row, i) => [...row, i === 0 ? 'surprise' : '1'])),
    'the rule "type numeric"': map(() => 'much'),
    'the rule "range': map((value) => String(Number(value) * 1000 + 1)),
  }
}

/** What the wheel in dist/ answers beside the model, where nothing else is installed, is what the model says. */
async function servesFromWheel(project: string): Promise<void> {
  const [wheel = ''] = readdirSync(join(project, 'dist')).filter((name) => name.endsWith('.whl'))
  const place = scratchFolder('served')
  for (const name of ['models', 'contract.yaml', 'mlops.yaml'])
    cpSync(join(project, name), join(place, name), { recursive: true })
  run(place, 'python3', ['-m', 'venv', '.venv'])
  const installed = run(place, '.venv/bin/pip', [
    'install',
    '--quiet',
    '--no-compile',
    join(project, 'dist', wheel),
  ])
  expect(installed.code, installed.output).toBe(0)
  const port = await freePort()
  const server = spawn('.venv/bin/model', ['api', '--port', String(port)], { cwd: place, stdio: 'ignore' })
  try {
    const url = `http://127.0.0.1:${port}`
    await expect.poll(() => isUp(`${url}/health`), { timeout: 60_000, interval: 200 }).toBe(true)
    const [header = [], row = []] = tableOf(readFileSync(join(project, 'models/sample_input.csv')))
    const types = await columnTypes(url)
    const json = Object.fromEntries(
      header.map((name, at) => [name, types.get(name) === 'number' ? Number(row[at]) : row[at]]),
    )
    const answer = await post(url, { rows: [json] })
    const [, expected = []] = tableOf(readFileSync(join(project, 'models/expected_output.csv')))
    expect(answer.predictions).toHaveLength(1)
    expect(expected.map(Number)).toContainEqual(expect.closeTo(answer.predictions[0]?.score as number, 6))
  } finally {
    server.kill()
  }
}

/** Names and versions of what is installed, without the project itself. */
function packages(project: string): string[] {
  const script = `
from importlib.metadata import distributions
print(*sorted({f"{each.name}=={each.version}" for each in distributions() if each.name != "model"}))`
  return python(project, script).stdout.split(' ')
}

/** What a second run must not touch. */
function snapshotOf(project: string) {
  const query = `
import json, sqlite3
count = lambda path, table: sqlite3.connect(path).execute(f"select count(*) from {table}").fetchone()[0]
print(json.dumps([count("data/runs.sqlite", "snapshots"), count("examples/good-month.sqlite", "predictions")]))`
  const counts = JSON.parse(python(project, query).stdout)
  const files = [CLEAN, 'models/model.joblib', 'predictions.csv', 'reports/monitor.json']
  return { counts, files: files.map((path) => bytes(project, path)) }
}

function bytes(project: string, path: string): string {
  return readFileSync(join(project, path)).toString('base64')
}

/** The one file of data/raw. */
function sourceFile(project: string): string {
  return join(project, 'data/raw', readdirSync(join(project, 'data/raw'))[0] as string)
}

/** A CSV file, compressed or not; none of these quotes a comma. */
function tableOf(content: Buffer): string[][] {
  const text = isCompressed(content) ? gunzipSync(content) : content
  return text
    .toString('utf8')
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(','))
}

function textOf(table: Table): string {
  return `${table.map((row) => row.join(',')).join('\n')}\n`
}

/** A text as a file of the same kind. */
function like(content: Buffer, text: string): Buffer {
  return isCompressed(content) ? gzipSync(text) : Buffer.from(text)
}

function isCompressed(content: Buffer): boolean {
  return content[0] === 0x1f
}

async function isUp(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  )
}

/** The part of an OpenAPI description that says what a row holds. */
interface Description {
  components: { schemas: { Row: { properties: Record<string, { anyOf: { type: string }[] }> } } }
}

/** Which columns the interface wants as numbers. */
async function columnTypes(url: string): Promise<Map<string, string>> {
  const description = (await (await fetch(`${url}/openapi.json`)).json()) as Description
  const { properties } = description.components.schemas.Row
  return new Map(Object.entries(properties).map(([name, { anyOf }]) => [name, anyOf[0]?.type as string]))
}

async function post(url: string, body: unknown): Promise<{ predictions: { score: number }[] }> {
  const response = await fetch(`${url}/predictions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status, await response.clone().text()).toBe(200)
  return (await response.json()) as { predictions: { score: number }[] }
}
