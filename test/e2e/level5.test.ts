import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { commitAll, edit } from './edit.ts'
import { createPrepared, prepare } from './prepared.ts'
import { CREDIT, createProject, type DataSet, model, python, readJson, SAMPLE } from './projects.ts'
import { approveVersion } from './review.ts'
import { createMlops, make, type Ran, runMeanwhile } from './run.ts'
import { jsonRows, keepAsking, startService } from './service.ts'

const SCENARIOS = 23

/** One project with a champion: each test begins with a log of its own. */
describe('the retraining controller', () => {
  let project: string

  beforeAll(() => {
    project = createPrepared(SAMPLE, {}, '--level', '5')
    edit(project, 'params.yaml', /^model: .*$/m, 'model: {max_rounds: 30}')
    edit(project, 'policy.yaml', 'cooldown_days: 7', 'cooldown_days: 0')
    edit(project, 'policy.yaml', 'bad_windows: 3', 'bad_windows: 1')
    edit(project, 'policy.yaml', 'of_windows: 5', 'of_windows: 1')
    edit(project, 'policy.yaml', 'min_new_labels: 1000', 'min_new_labels: 300')
    edit(project, 'policy.yaml', 'min_new_share: 0.1', 'min_new_share: 0')
    edit(project, 'roi.yaml', 'per_prediction: null', 'per_prediction: 0')
    edit(project, 'roi.yaml', 'per_unit_of_error: null', 'per_unit_of_error: -0.1')
    edit(project, 'roi.yaml', 'hourly_rate: null', 'hourly_rate: 50')
    commitAll(project)
    succeed(make(project, 'pipeline'))
    approveVersion(project, 1)
    succeed(make(project, 'promote', 'VERSION=1'))
  })

  test('with alerts=log, broken inputs are named when monitoring says ALERT, and nothing is trained', () => {
    succeed(predictFor(project, 'examples/bad-month.csv'))
    const monitored = monitorWith(project, 'examples/bad-month-actuals.csv')
    expect(monitored.code, monitored.output).toBe(3)
    // The training data has the same rows with other values, so it is not the source that is broken.
    expect(monitored.stdout).toMatch(
      /^Decision +FIX_SERVING \(guard G2\): train\/serve skew: "hour" is another/m,
    )
    expect(decisions(project).map((each) => each.decision)).toEqual(['FIX_SERVING'])
    expect(readFileSync(join(project, 'reports/alerts.log'), 'utf8')).toContain('FIX_SERVING (guard G2)')
    expect(decisions(project)[0]).toMatchObject({ number: 1, mode: 'recommend', previous: '0'.repeat(64) })
  })

  test('what labels prove is recommended, a changed number decides otherwise, and a freeze ends it', () => {
    rmSync(join(project, 'monitoring'), { recursive: true })
    drift(project)
    const recommended = make(project, 'improve')
    succeed(recommended)
    expect(recommended.stdout).toMatch(/^Decision +RETRAIN \(guard all\)/m)
    edit(project, 'policy.yaml', 'gain_per_cost: 2', 'gain_per_cost: 1000000')
    expect(make(project, 'improve').stdout).toMatch(/^Decision +DEFER_COST \(guard G4\)/m)
    edit(project, 'policy.yaml', 'gain_per_cost: 1000000', 'gain_per_costs: 2')
    const unknown = model(project, 'improve')
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('no setting money.gain_per_costs (did you mean "gain_per_cost"?)')
    edit(project, 'policy.yaml', 'gain_per_costs: 2', 'gain_per_cost: 2')
    succeed(make(project, 'freeze', 'WHO=A. Person', 'REASON=an audit'))
    expect(make(project, 'improve').stdout).toMatch(
      /^Decision +NO_ACTION \(guard G0\): frozen by A\. Person/m,
    )
    succeed(make(project, 'unfreeze', 'WHO=A. Person', 'REASON=it is over'))
    const made = decisions(project)
    expect(made.map((each) => each.decision)).toEqual([
      'RETRAIN',
      'DEFER_COST',
      'FREEZE',
      'NO_ACTION',
      'UNFREEZE',
    ])
    expect(made[0]?.policy_version).not.toBe(made[1]?.policy_version)
    expect(readJson(project, 'models/champion.json').version).toBe(1)
  })

  test('with mode: act a challenger goes all the way, under load, without one failed request', async () => {
    rmSync(join(project, 'monitoring'), { recursive: true })
    edit(project, 'policy.yaml', 'mode: recommend', 'mode: act')
    edit(project, 'policy.yaml', /shadow:\n {2}rows: 500\n {2}hours: 24/, 'shadow:\n  rows: 20\n  hours: 0')
    edit(project, 'policy.yaml', /canary:\n {2}hours: 24/, 'canary:\n  hours: 0')
    edit(project, 'rollout.yaml', 'min_answers: 100', 'min_answers: 20')
    edit(project, 'rollout.yaml', 'steps: [1, 5, 25, 100]', 'steps: [50, 100]')
    edit(project, 'rollout.yaml', 'latency_floor_ms: 20.0', 'latency_floor_ms: 10000')
    commitAll(project)
    drift(project)
    succeed(make(project, 'rollback-drill'))
    const service = await startService(project)
    const load = keepAsking(service, jsonRows(project, 'new.csv'))
    const improve = (...flags: string[]) =>
      runMeanwhile(project, join(project, '.venv/bin/model'), ['improve', ...flags])
    try {
      const begun = await improve()
      expect(begun.stdout, begun.output).toMatch(/^Decision +CONTINUE \(guard G5\): version 2/m)
      const steps: string[] = []
      for (let turns = 0; turns < 12 && steps.at(-1) !== 'PROMOTE'; turns++) {
        await new Promise((done) => setTimeout(done, 3000))
        const turn = await improve('--json')
        const record = JSON.parse(turn.stdout.slice(turn.stdout.indexOf('{')))
        steps.push(record.decision)
        if (record.reason.includes('was not reviewed')) approveVersion(project, 2)
      }
      expect(steps.at(-1), JSON.stringify(decisions(project).slice(-3))).toBe('PROMOTE')
      expect(readJson(project, 'models/champion.json').version).toBe(2)
    } finally {
      const answers = await load.stop()
      await service.stop('SIGTERM')
      expect(answers.filter((each) => each instanceof Error || each.status !== 200)).toEqual([])
    }
  })
})

describe('the scenarios on the bundled sample', () => {
  let project: string

  beforeAll(() => {
    project = createPrepared(SAMPLE, {}, '--level', '5')
    succeed(make(project, 'data'))
  })

  test('every scenario is decided as it has to be, and training again at every drift does worse in all figures', () => {
    asRequired(project)
  })

  test.each([
    ['G0', 'frozen'],
    ['G0b', 'covariate drift, no loss'],
    ['G1', '90 days late'],
    ['G1', 'biased sample'],
    ['G2', 'unit change'],
    ['G2', 'source frozen'],
    ['G2', 'serving feature'],
    ['G2', 'leaked feature'],
    ['G2', 'threshold changed'],
    ['G3', 'corrupted rows'],
    ['G4', 'budget exhausted'],
    ['G5', 'one slice'],
    ['G6', 'shadow cannot answer'],
    ['G7', 'canary raises'],
    ['G8', 'no way back'],
    ['G8', 'goes back after promotion'],
    ['G9', 'record of decisions'],
  ])('without %s "%s" ends differently', (guard, name) => {
    const without = model(project, 'simulate', '--without', guard, '--only', name)
    expect(without.code, without.output).toBe(1)
    expect(without.stdout).toContain('DIFFERENT')
  })
})

describe.runIf(process.env.MATRIX).each<[DataSet, Record<string, string>]>([
  [CREDIT, {}],
  [CREDIT, { framework: 'lightgbm' }],
  [SAMPLE, { framework: 'lightgbm' }],
])('the scenarios on $name with %j', (data, stack) => {
  test('are decided as they have to be', () => {
    const project = createPrepared(data, stack, '--level', '5')
    succeed(make(project, 'data'))
    asRequired(project, { isSmall: data === CREDIT })
  })
})

describe.runIf(process.env.MATRIX)('upgraded from an edited level 1', () => {
  test.each([SAMPLE, CREDIT])('the scenarios on $name are decided as they have to be', (data) => {
    const project = createProject(data, {}, '--level', '1', '--no-install')
    edit(project, 'src/model/model.py', 'max_leaves=31', 'max_leaves=15')
    commitAll(project)
    succeed(createMlops(project, 'upgrade', '--to', '5', '--yes'))
    prepare(project)
    expect(readFileSync(join(project, 'src/model/model.py'), 'utf8')).toContain('max_leaves=15')
    succeed(make(project, 'data'))
    asRequired(project, { isSmall: data === CREDIT })
  })
})

interface Decided {
  readonly number: number
  readonly decision: string
  readonly policy_version: string
}

function decisions(project: string): Decided[] {
  const lines = readFileSync(join(project, 'monitoring/decisions.jsonl'), 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line))
}

const LOG = 'monitoring/predictions.sqlite'

function predictFor(project: string, path: string): Ran {
  return model(project, 'predict', path, 'predictions.csv', '--log', LOG)
}

function monitorWith(project: string, path: string): Ran {
  return model(project, 'monitor', '--actuals', path, '--log', LOG)
}

/** New cases, half of which turn out in another way than those that the model knows; logged, with their labels. */
function drift(project: string): void {
  const script = `
import gzip, io
import pandas as pd
rows = pd.read_csv(io.BytesIO(gzip.open("data/raw/bike-sharing.csv.gz").read()), dtype=str).tail(600)
rows = rows.assign(instant=(rows["instant"].astype(int) + 100_000).astype(str))
dates = pd.to_datetime(rows["dateday"], format="%d-%m-%Y") + pd.Timedelta(days=40)
rows = rows.assign(dateday=dates.dt.strftime("%d-%m-%Y"))
later = rows["hour"].astype(int) > 12
counts = rows["count"].astype(int)
rows = rows.assign(count=counts.where(~later, counts + 400).astype(str))
rows.drop(columns=["count"]).to_csv("new.csv", index=False)
rows[["instant", "dateday", "count"]].to_csv("new-actuals.csv", index=False)`
  const made = python(project, script)
  expect(made.code, made.output).toBe(0)
  succeed(predictFor(project, 'new.csv'))
  const record = `
from pathlib import Path
from model import actuals, config, contract, log
here = config.load_config()
with log.open_log(here.prediction_log) as connection:
    actuals.record_actuals(connection, Path("new-actuals.csv"), contract.load_contract(here), here.project.task)`
  const recorded = python(project, record)
  expect(recorded.code, recorded.output).toBe(0)
}

/** Every scenario of `make simulate` ends as it has to, and the naive controller does worse in each of the figures. */
function asRequired(project: string, { isSmall = false } = {}): void {
  const simulated = make(project, 'simulate')
  expect(simulated.stdout, simulated.output).toContain(`${SCENARIOS} of ${SCENARIOS} scenarios as required`)
  expect(simulated.code).toBe(0)
  expect(simulated.stdout).toMatch(/^retrain on drift +\d+/m)
  const { guarded, naive } = readJson(project, 'reports/simulation.json').total
  for (const figure of ['retrains', 'cost', 'bad_models'])
    expect(guarded[figure], `${figure}\n${simulated.output}`).toBeLessThan(naive[figure])
  // Of 1,000 rows 180 judge, drawn again and again: so much is chance.
  const chance = isSmall ? 0.03 : 0
  expect(guarded.loss, simulated.output).toBeLessThan(naive.loss * (1 + chance))
  expect(guarded.net, simulated.output).toBeGreaterThan(naive.net - Math.abs(naive.net) * chance)
}

function succeed(ran: Ran): void {
  expect(ran.code, ran.output).toBe(0)
}
