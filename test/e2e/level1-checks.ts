import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { CODES, model, python, readCsv, readJson, writeCsv } from './projects.ts'

/** One thing that a level-1 project does. Each fails when the code behind it is broken: see the mutations. */
export type Check = (project: string) => void

export const trainsBetterThanBaseline: Check = (project) => {
  const trained = model(project, 'train')
  expect(trained.code, trained.output).toBe(CODES.ok)
  const { metric, model: ours, baseline, higher_is_better: higher } = readMetrics(project)
  expect(higher ? ours > baseline : ours < baseline, `${metric}: ${ours} against ${baseline}`).toBe(true)
  expect(
    readJson(project, 'models/signature.json').model_sha256 ??
      readJson(project, 'models/signature.json').sha256,
  ).toBe(sha256(project, 'models/model.joblib'))
}

export const logsEachPrediction: Check = (project) => {
  rmSync(join(project, 'examples/good-month.sqlite'), { force: true })
  const rows = readCsv(project, 'examples/good-month.csv').length - 1
  for (const expected of [rows, 2 * rows]) {
    const predicted = model(project, 'predict', 'examples/good-month.csv', 'out.csv')
    expect(predicted.code, predicted.output).toBe(CODES.ok)
    const log = logOf(project, 'examples/good-month.sqlite')
    expect(log.rows, 'rows in the log').toBe(expected)
    expect(log.ids, 'different ids').toBe(expected)
    expect(log.models).toEqual([sha256(project, 'models/model.joblib')])
  }
  expect(readCsv(project, 'out.csv').length - 1).toBe(rows)
}

export const refusesBrokenColumns: Check = (project) => {
  const [header = [], ...rows] = readCsv(project, 'examples/good-month.csv')
  const at = numericInput(project)
  const name = header[at] as string
  const without = (row: readonly string[]) => row.filter((_, index) => index !== at)
  const cases: Record<string, string[][]> = {
    missing: [header, ...rows].map(without),
    extra: [[...header, 'surprise'], ...rows.map((row) => [...row, '1'])],
    malformed: [header, ...rows.map((row, index) => (index === 2 ? row.with(at, 'abc') : row))],
  }
  for (const [what, table] of Object.entries(cases)) {
    writeCsv(project, 'broken.csv', table)
    rmSync(join(project, 'out.csv'), { force: true })
    const predicted = model(project, 'predict', 'broken.csv', 'out.csv')
    expect(predicted.code, `${what}: ${predicted.output}`).toBe(CODES.input)
    expect(predicted.stderr).toContain(what === 'extra' ? 'surprise' : name)
    expect(predicted.stderr).not.toContain('Traceback')
    expect(existsSync(join(project, 'out.csv')), `${what}: an output file`).toBe(false)
  }
}

export const tellsGoodMonthFromBad: Check = (project) => {
  expect(verdict(project, 'good-month')).toBe(CODES.ok)
  expect(verdict(project, 'bad-month')).toBe(CODES.alert)
  expect(readFileSync(join(project, 'reports/monitor.html'), 'utf8')).toMatch(
    /<svg[\s\S]*ALERT|ALERT[\s\S]*<svg/,
  )
}

export const needsEnoughLabels: Check = (project) => {
  expect(verdict(project, 'few-labels')).toBe(CODES.notEnoughLabels)
}

export const joinsByPredictionId: Check = (project) => {
  rmSync(join(project, 'examples/good-month.sqlite'), { force: true })
  const predicted = model(project, 'predict', 'examples/good-month.csv', 'out.csv')
  expect(predicted.code, predicted.output).toBe(CODES.ok)
  const [header = [], ...rows] = readCsv(project, 'out.csv')
  const target = targetOf(project)
  const actuals = readCsv(project, 'examples/good-month-actuals.csv')
  const truth = actuals.slice(1).map((row) => row[actuals[0]?.indexOf(target) as number] as string)
  const ids = rows.map((row) => row[header.indexOf('prediction_id')] as string)
  // In another order, so that only the id can tell which row is which.
  const joined = ids.map((id, index) => [id, truth[index] as string]).reverse()
  writeCsv(project, 'examples/good-month-by-id.csv', [['prediction_id', target], ...joined])
  const monitored = model(
    project,
    'monitor',
    '--actuals',
    'examples/good-month-by-id.csv',
    '--log',
    'examples/good-month.sqlite',
  )
  expect(monitored.code, monitored.output).toBe(CODES.ok)
}

export const ranksTheChangedInputFirst: Check = (project) => {
  verdict(project, 'bad-month')
  const diagnosed = model(project, 'diagnose', '--log', 'examples/bad-month.sqlite')
  expect(diagnosed.code, diagnosed.output).toBe(CODES.ok)
  const first = /^\s*1\.\s+(\S.*?)\s{2,}/m.exec(diagnosed.stdout)?.[1]
  expect(first, diagnosed.stdout).toBe(changedInput(project))
}

/** The return from a filled roi.yaml, beside the same sum computed here from the two files. */
export const computesReturn: Check = (project) => {
  const unfilled = model(project, 'roi', '--log', 'examples/good-month.sqlite')
  expect(unfilled.stdout, unfilled.output).toMatch(/INCOMPLETE[\s\S]*costs\.hourly_rate/)
  const open = readFileSync(join(project, 'roi.yaml'), 'utf8')
  try {
    verdict(project, 'good-month')
    const earning = returnWith(project, open, 1)
    const losing = returnWith(project, open, -1)
    expect(earning.output).toContain('EARNS')
    expect(losing.output).toContain('LOSES')
    expect(earning.net).toBeCloseTo(expectedNet(project, 1), 0)
    expect(losing.net).toBeCloseTo(expectedNet(project, -1), 0)
  } finally {
    writeFileSync(join(project, 'roi.yaml'), open)
  }
}

export const recordsReleases: Check = (project) => {
  const released = model(project, 'release', '--who', 'Ada', '--reason', 'first "model"')
  expect(released.code, released.output).toBe(CODES.ok)
  const line = readFileSync(join(project, 'RELEASES.md'), 'utf8')
  expect(line).toContain('Ada')
  expect(line).toContain(sha256(project, 'models/model.joblib').slice(0, 12))
  const unknown = model(project, 'release', '--who', 'Ada', '--reason', 'unknown', '--model', 'f'.repeat(64))
  expect(unknown.code, unknown.output).toBeGreaterThan(0)
  const metrics = readFileSync(join(project, 'models/metrics.json'), 'utf8')
  rmSync(join(project, 'models/metrics.json'))
  const refused = model(project, 'release', '--who', 'Ada', '--reason', 'second')
  writeFileSync(join(project, 'models/metrics.json'), metrics)
  expect(refused.code, refused.output).toBeGreaterThan(0)
  expect(readFileSync(join(project, 'RELEASES.md'), 'utf8')).toBe(line)
}

export const doctorWantsDocumentation: Check = (project) => {
  const sick = model(project, 'doctor')
  expect(sick.code, sick.output).toBe(CODES.error)
  expect(sick.output).toMatch(/docs\/project\.md.*Owner/)
}

/** Predicts an example month and monitors it, with a fresh log. */
function verdict(project: string, month: string): number | null {
  rmSync(join(project, `examples/${month}.sqlite`), { force: true })
  const predicted = model(project, 'predict', `examples/${month}.csv`, 'out.csv')
  expect(predicted.code, predicted.output).toBe(CODES.ok)
  return model(project, 'monitor', '--actuals', `examples/${month}-actuals.csv`).code
}

/** Fills roi.yaml with small numbers and reads the mean net value. */
function returnWith(project: string, open: string, sign: 1 | -1): { net: number; output: string } {
  const values: Record<string, number> = {
    ...VALUES,
    ...Object.fromEntries(PRICES.map((name) => [name, sign * (VALUES[name] as number)])),
  }
  const filled = open
    .replace(/(without_model:\n\s+per_prediction): null/, '$1: 0')
    .replace(
      /^(\s+)(\w+): null/gm,
      (_line, indent: string, name: string) => `${indent}${name}: ${values[name] ?? 0}`,
    )
  writeFileSync(join(project, 'roi.yaml'), filled)
  const roi = model(project, 'roi', '--log', 'examples/good-month.sqlite')
  const net = /Mean\s+(-?[\d,.]+)/.exec(roi.stdout)?.[1]
  return { net: Number(net?.replaceAll(',', '')), output: roi.output }
}

const VALUES: Readonly<Record<string, number>> = {
  true_positive: 50,
  false_positive: -1,
  false_negative: -2,
  true_negative: 10,
  per_prediction: 100,
  per_unit_of_error: -0.01,
  hours_per_period: 2,
  hourly_rate: 3,
}
const PRICES = ['true_positive', 'true_negative', 'per_prediction']

/** The same by hand, from the two files that a person would look at. The value without a model is left at 0. */
function expectedNet(project: string, sign: 1 | -1): number {
  const target = targetOf(project)
  const actuals = readCsv(project, 'examples/good-month-actuals.csv')
  const truth = actuals.slice(1).map((row) => row[actuals[0]?.indexOf(target) as number] as string)
  const [header = [], ...rows] = readCsv(project, 'out.csv')
  const predicted = rows.map((row) => row[header.indexOf('prediction')] as string)
  const costs = 2 * 3
  const isNumber = readMetrics(project).task === 'regression'
  const values = truth.map((actual, index) => {
    const guess = predicted[index] as string
    if (isNumber) return sign * 100 - 0.01 * Math.abs(Number(actual) - Number(guess))
    if (guess === '1') return actual === '1' ? sign * 50 : -1
    return actual === '1' ? -2 : sign * 10
  })
  return values.reduce((sum, value) => sum + value, 0) - costs
}

interface Metrics {
  readonly task: string
  readonly metric: string
  readonly model: number
  readonly baseline: number
  readonly higher_is_better: boolean
}

function readMetrics(project: string): Metrics {
  const metrics = readJson(project, 'models/metrics.json')
  const name = metrics.metric as string
  return {
    task: metrics.task,
    metric: name,
    model: metrics.model[name],
    baseline: metrics.baseline[name],
    higher_is_better: metrics.higher_is_better,
  }
}

function logOf(project: string, log: string): { rows: number; ids: number; models: string[] } {
  const script = `
import json, sqlite3
log = sqlite3.connect(${JSON.stringify(log)})
one = lambda q: log.execute(q).fetchone()[0]
print(json.dumps({
  "rows": one("select count(*) from predictions"),
  "ids": one("select count(distinct prediction_id) from predictions"),
  "models": [m for (m,) in log.execute("select distinct model_sha256 from predictions")],
}))`
  const ran = python(project, script)
  expect(ran.code, ran.output).toBe(0)
  return JSON.parse(ran.stdout)
}

function sha256(project: string, path: string): string {
  return createHash('sha256')
    .update(readFileSync(join(project, path)))
    .digest('hex')
}

function settingOf(project: string, name: string): string {
  return new RegExp(`^  ${name}: "(.*)"`, 'm').exec(
    readFileSync(join(project, 'mlops.yaml'), 'utf8'),
  )?.[1] as string
}

function targetOf(project: string): string {
  return settingOf(project, 'target')
}

/** The place of an input that holds numbers. */
function numericInput(project: string): number {
  const [header = []] = readCsv(project, 'examples/good-month.csv')
  const numeric = header.indexOf(header.includes('temp') ? 'temp' : 'Credit_amount')
  expect(numeric).toBeGreaterThanOrEqual(0)
  return numeric
}

/** The input whose unit differs between the good and the bad month: its values are larger by orders of magnitude. */
function changedInput(project: string): string | undefined {
  const means = ['good-month', 'bad-month'].map((month) => {
    const [header = [], ...rows] = readCsv(project, `examples/${month}.csv`)
    return new Map(
      header.map((name, at) => [name, rows.reduce((sum, row) => sum + Number(row[at]), 0) / rows.length]),
    )
  })
  const ratio = (name: string) => Math.abs((means[1]?.get(name) as number) / (means[0]?.get(name) as number))
  return [...(means[0]?.keys() ?? [])].find((name) => ratio(name) > 50 || ratio(name) < 1 / 50)
}
