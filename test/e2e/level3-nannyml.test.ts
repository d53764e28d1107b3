import { beforeAll, describe, expect, test } from 'vitest'
import { createPrepared } from './prepared.ts'
import { BIKE, CREDIT, model, readJson } from './projects.ts'
import { make, run } from './run.ts'

const KINDS = [
  { data: CREDIT, method: 'CBPE' },
  { data: BIKE, method: 'DLE' },
] as const

// Longer than CI has: `npm run test:matrix` runs it.
describe.runIf(process.env.MATRIX).each(KINDS)('estimator=nannyml: $method', ({ data, method }) => {
  let project: string

  beforeAll(() => {
    project = createPrepared(data, { estimator: 'nannyml' }, '--level', '3')
    for (const target of ['data', 'train', 'predict']) expect(make(project, target).code).toBe(0)
  })

  test('without its environment it says what to do', () => {
    const refused = model(project, 'monitor')
    expect(refused.code, refused.output).toBe(2)
    expect(refused.stderr).toContain('is not installed yet. Run make estimator.')
  })

  test('its estimate is that of this project, nearly, and comes true', () => {
    const installed = make(project, 'estimator')
    expect(installed.code, installed.output).toBe(0)
    const monitored = make(project, 'monitor')
    expect(monitored.stdout, monitored.output).toMatch(
      new RegExp(`Estimate +.* without actual values, as expected .${method};`),
    )
    const [period] = readJson(project, 'reports/monitor.json').estimated.periods.slice(-1)
    expect(period.realised).toBeGreaterThanOrEqual(period.from)
    expect(period.realised).toBeLessThanOrEqual(period.to)
  })

  test('the environment of the project stays free of it', () => {
    const script = 'import importlib.util as u; raise SystemExit(u.find_spec("nannyml") is not None)'
    expect(run(project, '.venv/bin/python', ['-c', script]).code).toBe(0)
  })
})
