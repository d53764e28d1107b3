import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createPrepared } from './prepared.ts'
import { type DataSet, model, python, readCsv, readJson, writeCsv } from './projects.ts'
import { hasPrometheus, type Prometheus, startPrometheus } from './prometheus.ts'
import { make, run, runMeanwhile } from './run.ts'
import { type Answer, jsonRows, keepAsking, metric, type Row, startService } from './service.ts'

const SAMPLE_FILE = 'samples/bike-sharing/bike-sharing.csv.gz'
/** Every fifth row comes later: the project has never seen it. */
const LATER = 5

const BIKE_UP_TO_NOW: DataSet = {
  name: 'four fifths of bike sharing, without a time column',
  task: 'regression',
  flags: (folder) => {
    const file = join(folder, 'known.csv')
    writeFileSync(file, `${sampleRows((index) => index % LATER !== 0).join('\n')}\n`)
    return ['--data', file, '--target', 'count', '--time', 'none', '--id', 'instant']
  },
}

describe('a live service', () => {
  let project: string
  let rows: readonly Row[]

  beforeAll(() => {
    project = createPrepared(BIKE_UP_TO_NOW, {}, '--level', '3')
    for (const rounds of [60, 90]) {
      setRounds(project, rounds)
      const made = make(project, 'pipeline')
      expect(made.code, made.output).toBe(0)
    }
    expect(model(project, 'promote', '1').code).toBe(0)
    writeFileSync(join(project, 'later.csv'), `${sampleRows((index) => index % LATER === 0).join('\n')}\n`)
    rows = jsonRows(project, 'later.csv')
  })

  test('goes on answering while versions are promoted and rolled back, and logs each answer once', async () => {
    const service = await startService(project, '--workers', '2')
    const load = keepAsking(service, rows)
    const promoted = await runMeanwhile(project, join(project, '.venv/bin/model'), ['promote', '2'])
    await sleep(3_000)
    const back = await runMeanwhile(project, join(project, '.venv/bin/model'), ['rollback'])
    await sleep(3_000)
    const answers = await load.stop()
    expect(promoted.code, promoted.output).toBe(0)
    expect(back.code, back.output).toBe(0)
    expect(answers.filter((each) => each instanceof Error || each.status !== 200)).toEqual([])
    const versions = answers.map((each) => JSON.parse((each as Answer).body).model_version)
    expect(new Set(versions)).toEqual(new Set(['1', '2']))
    expect([versions[0], versions.at(-1)]).toEqual(['1', '1'])
    const numbers = (await service.get('/metrics')).body
    const said = await service.stop('SIGTERM')
    expect(said).toBe('')
    const logged = loggedIds(project)
    expect(metric(numbers, 'model_predictions_total')).toBe(answers.length)
    expect(metric(numbers, 'model_request_seconds_count{route="/predict",status="200"}')).toBe(answers.length)
    expect(logged.length).toBe(answers.length)
    expect(new Set(logged)).toEqual(
      new Set(answers.map((each) => JSON.parse((each as Answer).body).prediction_id)),
    )
  })

  test('loses nothing that it has answered when it is killed', async () => {
    const service = await startService(project)
    const load = keepAsking(service, rows)
    await sleep(3_000)
    await service.stop('SIGKILL')
    const answers = (await load.stop()).filter((each): each is Answer => !(each instanceof Error))
    expect(answers.length).toBeGreaterThan(100)
    const logged = new Set(loggedIds(project))
    expect(answers.filter(({ body }) => !logged.has(JSON.parse(body).prediction_id))).toEqual([])
  })

  test.runIf(hasPrometheus())(
    'is watched by Prometheus, which raises an alert (needs Debian and root)',
    async () => {
      for (const check of [
        ['check', 'rules', 'rules.yml'],
        ['check', 'config', 'prometheus.yml'],
        ['test', 'rules', 'rules_test.yml'],
      ]) {
        const checked = run(join(project, 'observability'), 'promtool', check)
        expect(checked.code, checked.output).toBe(0)
      }
      const service = await startService(project)
      const prometheus = await startPrometheus(project, service.port)
      onTestFinished(async () => {
        prometheus.stop()
        await service.stop('SIGTERM')
      })
      for (const row of rows.slice(0, 300)) expect((await service.predict(row)).status).toBe(200)
      await until(async () => (await prometheus.value('sum(model_predictions_total)')) === 300)
      expect(await prometheus.alerts()).toEqual([])
      const shuffled = readCsv(project, 'later.csv').map((row, index, all) => [
        row[0] as string,
        (index === 0 ? row : (all[all.length - index] as string[])).at(-1) as string,
      ])
      writeCsv(project, 'actuals.csv', shuffled)
      const monitored = model(project, 'monitor', '--actuals', 'actuals.csv')
      expect(monitored.code, monitored.output).toBe(3)
      expect(monitored.stdout).toMatch(/^Estimate +mean absolute error .* as expected/m)
      await until(async () => (await prometheus.alerts()).includes('ModelPerformanceWorse'))
      expect(await emptyPanels(project, prometheus)).toEqual([
        'Predicted classes',
        'Missing inputs, share of rows',
        'Inputs that break the contract, share of rows',
      ])
      expect(await prometheus.value('model_performance{kind="realised"}')).toBeCloseTo(
        readJson(project, 'reports/monitor.json').periods.at(-1).value,
      )
    },
  )

  test('the cause of bad predictions is found: six faults, and none', () => {
    writeFileSync(join(project, 'faults.py'), FAULTS)
    const found = run(project, join(project, '.venv/bin/python'), ['faults.py'])
    expect(found.code, found.output).toBe(0)
    expect(JSON.parse(found.stdout.split('\n').at(-2) ?? '')).toEqual({
      healthy: 'none',
      'a change of unit': 'data quality',
      'an input at a standstill': 'data quality',
      'an hour that is shifted while serving': 'train/serve skew',
      'only rush hours': 'covariate drift',
      'other habits': 'concept drift',
      'labels in another order': 'label fault',
      'unknown labels as 0': 'label fault',
    })
  })

  test('an input that gave the target away is found', () => {
    const contract = readFileSync(join(project, 'contract.yaml'), 'utf8')
    const [before, after = ''] = contract.split('- name: registered\n')
    writeFileSync(
      join(project, 'contract.yaml'),
      `${before}- name: registered\n${after.replace('type: ignore', 'type: numeric')}`,
    )
    run(project, 'git', ['commit', '--all', '--quiet', '--no-verify', '--message', 'Use registered'])
    for (const command of [
      ['pipeline', '--force'],
      ['promote', 'challenger'],
    ]) {
      const done = model(project, ...command)
      expect(done.code, done.output).toBe(0)
    }
    const found = run(project, join(project, '.venv/bin/python'), ['faults.py', 'leak'])
    expect(found.code, found.output).toBe(0)
    expect(JSON.parse(found.stdout.split('\n').at(-2) ?? '')).toEqual({ 'what is not known yet': 'leakage' })
  })
})

/** Each fault goes through the project's own commands; only the skew needs a service that computes something else. */
const FAULTS = `
import contextlib, csv, io, json, random, sys

from model import scorer
from model.cli import main

random.seed(3)
rows = random.sample(list(csv.DictReader(open("later.csv"))), 2_000)


def write(path, table, names):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(table)


def diagnose(name, serve=lambda row: {}, turn_out=lambda row: {}, select=lambda row: True, shift=0):
    chosen = [row for row in rows if select(row)]
    write("now.csv", [row | serve(row) for row in chosen], [name for name in rows[0] if name != "count"])
    write("now-actuals.csv", [row | turn_out(row) for row in chosen], ["instant", "count"])
    log = f"monitoring/{name}.sqlite"
    predict = scorer.Scorer.predict
    if shift:
        shifted = lambda self, inputs: predict(self, inputs.assign(hour=(inputs["hour"] + shift) % 24))
        scorer.Scorer.predict = shifted
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        assert main(["predict", "now.csv", "out.csv", "--log", log]) == 0
        scorer.Scorer.predict = predict
        assert main(["monitor", "--actuals", "now-actuals.csv", "--log", log]) in (0, 3)
        output.truncate(0), output.seek(0)
        assert main(["diagnose", "--log", log, "--json"]) == 0
    verdict = json.loads(output.getvalue())["verdict"]
    print(name, verdict)
    return verdict["cause"]


counts = [row["count"] for row in rows]
random.shuffle(counts)
others = dict(zip((row["instant"] for row in rows), counts))
unknown = {row["instant"] for row in random.sample(rows, 500)}
registered = [row["registered"] for row in rows]


def habit(row):
    return {"count": int(int(row["count"]) * (0.3 if int(row["hour"]) >= 12 else 1.7))}


def is_rush_hour(row):
    return row["hour"] in ("8", "17", "18") and row["workingday"] == "1" and row["year"] == "1"


if sys.argv[1:] == ["leak"]:
    found = {"what is not known yet": diagnose("leak", lambda row: {"registered": random.choice(registered)})}
else:
    found = {
        "healthy": diagnose("healthy"),
        "a change of unit": diagnose("unit", lambda row: {"temp": float(row["temp"]) * 100}),
        "an input at a standstill": diagnose("stuck", lambda row: {"hour": "0"}),
        "an hour that is shifted while serving": diagnose("skew", shift=3),
        "only rush hours": diagnose("drift", select=is_rush_hour),
        "other habits": diagnose("concept", turn_out=habit),
        "labels in another order": diagnose("order", turn_out=lambda row: {"count": others[row["instant"]]}),
        "unknown labels as 0": diagnose(
            "filled", turn_out=lambda row: {"count": 0 if row["instant"] in unknown else row["count"]}
        ),
    }
print(json.dumps(found))
`

function sampleRows(isChosen: (index: number) => boolean): string[] {
  const [header = '', ...lines] = gunzipSync(readFileSync(SAMPLE_FILE))
    .toString('utf8')
    .trimEnd()
    .split(/\r?\n/)
  return [header, ...lines.filter((_, index) => isChosen(index))]
}

/** The titles of the panels for which a Prometheus has no series, after it has been asked for each of them. */
async function emptyPanels(project: string, prometheus: Prometheus): Promise<string[]> {
  const { panels }: { panels: Panel[] } = readJson(project, 'observability/grafana/dashboard.json')
  const empty: string[] = []
  for (const { title, targets } of panels)
    for (const { expr } of targets) {
      const value = await prometheus.value(expr.replaceAll('$__rate_interval', '1m'))
      if (value === undefined) empty.push(title)
    }
  return empty
}

interface Panel {
  readonly title: string
  readonly targets: readonly { readonly expr: string }[]
}

function setRounds(project: string, rounds: number): void {
  const path = join(project, 'params.yaml')
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^model: .*$/m, `model: {max_rounds: ${rounds}}`))
  run(project, 'git', ['add', '--all'])
  run(project, 'git', ['commit', '--quiet', '--no-verify', '--message', `${rounds} rounds`])
}

function loggedIds(project: string): string[] {
  const script = `
import json
from model import config, log
with log.read_log(config.load_config().prediction_log) as opened:
    print(json.dumps([row[0] for row in opened.execute("SELECT prediction_id FROM predictions")]))`
  return JSON.parse(python(project, script).stdout)
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    if (await condition().catch(() => false)) return
    await sleep(500)
  }
  throw new Error(`not so after 30 seconds: ${condition}`)
}
