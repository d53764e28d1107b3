import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { commitAll, edit } from './edit.ts'
import { createPrepared } from './prepared.ts'
import { CODES, CREDIT, model, python } from './projects.ts'
import { approveVersion } from './review.ts'
import { make, run, runMeanwhile } from './run.ts'
import { jsonRows, keepAsking, type Row, startService } from './service.ts'

const thorough = test.runIf(process.env.MATRIX)
const REFUSED = 6
const SAID = ['--who', 'A. Person', '--reason', 'it has to be']

/** One project goes through its life: each test begins where the one before has ended. */
describe('what people do about a model, besides training it again', () => {
  let project: string
  let rows: readonly Row[]

  beforeAll(() => {
    project = createPrepared(CREDIT, { alerts: 'webhook' }, '--level', '5')
    edit(project, 'params.yaml', /^model: .*$/m, 'model: {max_rounds: 30}')
    edit(project, 'mlops.yaml', 'period: auto', 'period: week')
    commitAll(project)
    const trained = make(project, 'pipeline')
    expect(trained.code, trained.output).toBe(0)
    approveVersion(project, 1)
    expect(model(project, 'promote', '1').code).toBe(0)
    // A world in which the young pay their debts and the old do not, for six weeks.
    log(project, { days: 42, rows: 60, world: 'changed' })
    rows = jsonRows(project, 'data/raw/german-credit.csv', '.head(50)')
  })

  test('with alerts=webhook, a controller that is frozen does nothing, and who listens hears of what is news', async () => {
    const receiver = await receive()
    const frozen = make(project, 'freeze', 'WHO=A. Person', 'REASON=the shop moves')
    expect(frozen.code, frozen.output).toBe(0)
    const looked = model(project, 'improve')
    expect(looked.stdout, looked.output).toMatch(/NO_ACTION .*frozen .*A\. Person: the shop moves/)
    expect(make(project, 'unfreeze', 'WHO=A. Person', 'REASON=it has moved').code).toBe(0)
    expect(make(project, 'veto', 'WHO=A. Person', 'REASON=no').stdout).toContain(
      'veto of decision 2, NO_ACTION',
    )
    expect(make(project, 'approve', 'DECISION=2', 'WHO=A. Person', 'REASON=yes').stdout).toContain('APPROVE')
    const env = { ALERT_WEBHOOK: receiver.url }
    const broken = `
from model.config import load_config
from model.decision import FIX_DATA, Decision, append_decision
from model.notify import notify
config = load_config()
notify(config, append_decision(config, Decision(FIX_DATA, "G2", "broken"), mode="act", policy_version="test"))`
    const told = await runMeanwhile(project, join(project, '.venv/bin/python'), ['-c', broken], env)
    expect(told.code, told.output).toBe(0)
    expect(receiver.got.map((each) => each.decision)).toEqual(['FIX_DATA'])
    expect(readFileSync(join(project, 'reports/alerts.log'), 'utf8')).toContain('FIX_DATA (guard G2): broken')
  })

  test('scores are corrected by what came true, and a threshold moved to where it is worth most', () => {
    expect(model(project, 'monitor').code).toBe(CODES.alert)
    const open = model(project, 'act', 'threshold', ...SAID)
    expect([open.code, open.stderr]).toEqual([CODES.input, expect.stringContaining('"value.true_positive"')])
    for (const [name, worth] of Object.entries({
      true_positive: 100,
      false_positive: -50,
      false_negative: -400,
      true_negative: 0,
    }))
      edit(project, 'roi.yaml', `${name}: null`, `${name}: ${worth}`)
    const recalibrated = model(project, 'act', 'recalibrate', ...SAID)
    expect(recalibrated.code, recalibrated.output).toBe(0)
    const [, now, before] = /calibration error ([\d.]+), was ([\d.]+)/.exec(recalibrated.stdout) ?? []
    expect(Number(now)).toBeLessThan(Number(before) / 2)
    expect(recalibrated.stdout).toContain('version 2 was made of version 1: make promote VERSION=2')
    const moved = make(project, 'act', 'ACTION=threshold', 'WHO=A. Person', 'REASON=losses cost more')
    expect(moved.code, moved.output).toBe(0)
    const [, worth, was] = /are worth ([-\d,.]+), were ([-\d,.]+)$/m.exec(moved.stdout) ?? []
    expect(amount(worth)).toBeGreaterThan(amount(was))
  })

  thorough('versions, a simple rule and the way back change places without one failed request', async () => {
    const service = await startService(project)
    onTestFinished(async () => void (await service.stop('SIGTERM')))
    const load = keepAsking(service, rows, 2)
    /** Runs a command, and waits until that version answers. */
    const answers = async (version: string, ...args: string[]) => {
      const ran = await runMeanwhile(project, join(project, '.venv/bin/model'), args)
      expect(ran.code, ran.output).toBe(0)
      for (let tries = 0; tries < 100; tries++) {
        const answer = JSON.parse((await service.predict(rows[0] as Row)).body)
        if (answer.model_version === version) return answer.score
        await sleep(300)
      }
      throw new Error(`${args[1]}: version ${version} does not answer`)
    }
    approveVersion(project, 2)
    await answers('2', 'promote', '2')
    const score = await answers('4', 'act', 'fall-back', ...SAID)
    expect(JSON.parse((await service.predict(rows[1] as Row)).body).score).toBe(score)
    const refused = model(project, 'promote', '4')
    expect([refused.code, refused.stderr]).toEqual([
      REFUSED,
      expect.stringContaining('while the model must not'),
    ])
    await answers('2', 'act', 'resume', ...SAID)
    await answers('1', 'act', 'roll-back', ...SAID)
    const asked = await load.stop()
    expect(asked.filter((each) => each instanceof Error || each.status !== 200)).toEqual([])
    expect(asked.length).toBeGreaterThan(50)

    log(project, { days: 1, rows: 100, world: 'another score', file: 'skewed.sqlite' })
    edit(project, 'mlops.yaml', 'port: 8000', `port: ${service.port}`)
    const served = model(project, 'act', 'fix-serving', ...SAID, '--log', 'skewed.sqlite')
    expect(served.code, served.output).toBe(0)
    expect(served.stdout).toContain('For 100.0% of the logged inputs the model itself gives another score')
    expect(served.stdout).toContain('5 sample rows are answered as the model does')
  })

  test('broken inputs are repaired or set apart, by row and column, and predicted again', () => {
    log(project, { days: 1, rows: 100, world: 'hundredths', file: 'hundredths.sqlite' })
    const repaired = model(project, 'act', 'fix-data', ...SAID, '--log', 'hundredths.sqlite')
    expect(repaired.code, repaired.output).toBe(0)
    expect(repaired.stdout).toMatch(/"Duration_in_month": 100 values divided by 100/)
    const file = (folder: string) => join(folder, readdirSync(join(project, folder))[0] as string)
    const again = model(project, 'predict', file('data/repaired'), 'again.csv')
    expect(again.stdout, again.output).toContain('100 predictions written')
    log(project, { days: 1, rows: 100, world: 'unknown status', file: 'unknown.sqlite' })
    const apart = model(project, 'act', 'fix-data', ...SAID, '--log', 'unknown.sqlite')
    expect(apart.stdout, apart.output).toContain('"Status_checking_account": 50 values set apart')
    expect(readFileSync(join(project, file('data/quarantine')), 'utf8').split('\n')).toHaveLength(52)
    const whole = model(project, 'act', 'fix-data', ...SAID)
    expect([whole.code, whole.stderr]).toEqual([CODES.input, expect.stringContaining('No input of')])
  })

  thorough('an incident becomes a test that fails on the model that failed', () => {
    const opened = make(project, 'postmortem', 'NAME=Young and old')
    expect(opened.code, opened.output).toBe(0)
    expect(opened.stdout).toContain('fails until it is mended')
    const page = join(project, 'docs/postmortems', incident(project, 'md'))
    expect(readFileSync(page, 'utf8')).toContain('concept drift')
    const tested = run(project, join(project, '.venv/bin/pytest'), ['tests/test_incidents.py'])
    expect(tested.stdout, tested.output).toMatch(/FAILED tests\/test_incidents.*young-and-old/)
  })

  thorough('and passes on one that was trained on what is new', () => {
    const rows = readFileSync(join(project, 'tests/incidents', incident(project, 'csv')))
    writeFileSync(join(project, 'data/raw/german-credit.csv'), rows)
    commitAll(project)
    const trained = make(project, 'pipeline')
    expect(trained.stdout, trained.output).toContain('Version    5 may be put into use')
    approveVersion(project, 5)
    expect(model(project, 'promote', '5').code).toBe(0)
    expect(make(project, 'golden').code).toBe(0)
    const tests = ['incidents', 'webhook', 'people', 'actions', 'life'].map((name) => `tests/test_${name}.py`)
    const tested = run(project, join(project, '.venv/bin/pytest'), tests)
    expect(tested.code, tested.output).toBe(0)
  })

  thorough('one page tells it all, of what was measured', () => {
    const written = make(project, 'status')
    expect(written.code, written.output).toBe(0)
    const page = readFileSync(join(project, 'reports/status.html'), 'utf8')
    for (const seen of ['RECALIBRATE', 'FALL_BACK', 'A. Person', 'How well it predicts'])
      expect(page).toContain(seen)
    const listed = make(project, 'measures').stdout
    const missing = listed.split('\n').filter((line) => line.includes('none yet'))
    expect(missing.map((line) => line.split(' ')[0])).toEqual(['net_value', 'rollout_share'])
  })
})

interface Logged {
  readonly days: number
  readonly rows: number
  readonly world: 'changed' | 'another score' | 'hundredths' | 'unknown status'
  readonly file?: string
}

/** Logs predictions of the champion, made in the last days; in the changed world with actual values a day later. */
function log(project: string, { days, rows, world, file = 'monitoring/predictions.sqlite' }: Logged): void {
  const script = `
from datetime import datetime, timedelta, timezone
from pathlib import Path
import numpy as np, pandas as pd
from model import artifact, config, contract, data, log, predict
settings = config.load_config()
known = contract.load_contract(settings)
dataset, made = data.load_dataset(settings, known), artifact.load_artifact(settings.models, known)
random, world = np.random.default_rng(0), "${world}"
with log.open_log(Path("${file}")) as connection:
    for day in range(${days}):
        at = datetime.now(timezone.utc) - timedelta(days=${days} - day + 2)
        picked = random.integers(len(dataset), size=${rows})
        text, inputs = (each.iloc[picked].reset_index(drop=True) for each in (dataset.text, dataset.inputs))
        if world == "hundredths":
            inputs["Duration_in_month"] *= 100
        if world == "unknown status":
            inputs.loc[: ${rows} // 2 - 1, "Status_checking_account"] = "A99"
        predicted = made.scorer.predict(inputs)
        predicted.insert(0, "prediction_id", [f"{day}-{row}" for row in range(${rows})])
        if world == "another score":
            predicted["score"] /= 2
        moment = at.isoformat(timespec="milliseconds")
        records = predict.log_records(text, inputs, predicted, known, made)
        records = records.assign(timestamp=moment, event_time=moment, fingerprint=predicted["prediction_id"])
        log.append(connection, "predictions", log.PREDICTION_COLUMNS, records)
        if world == "changed":
            labelled = (at + timedelta(days=1)).isoformat(timespec="milliseconds")
            fails = (inputs["Age"] > 35) ^ (random.random(${rows}) < 0.1)
            actuals = pd.DataFrame({"prediction_id": predicted["prediction_id"], "actual": np.where(fails, "1", "0")})
            actuals = actuals.assign(labelled_at=labelled, recorded_at=labelled)
            log.append(connection, "actuals", log.ACTUAL_COLUMNS, actuals)`
  const logged = python(project, script)
  expect(logged.code, logged.output).toBe(0)
}

/** A receiver of webhooks that keeps what it is sent. */
async function receive() {
  const got: { decision: string }[] = []
  const server = createServer(async (request, response) => {
    got.push(JSON.parse(await text(request)))
    response.writeHead(200).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}/hook`, got }
}

/** The name of the file that make postmortem has made. */
function incident(project: string, suffix: string): string {
  const [name] = readdirSync(join(project, 'docs/postmortems'))
  return (name as string).replace(/md$/, suffix)
}

const amount = (shown?: string) => Number(shown?.replaceAll(',', ''))
