import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { commitAll, edit } from './edit.ts'
import { freePort } from './level2-port.ts'
import { createPrepared } from './prepared.ts'
import { BIKE, CREDIT, createProject, model, python, readCsv, writeCsv } from './projects.ts'
import { createMlops, make, run } from './run.ts'
import { type Row, startService } from './service.ts'

// Longer than CI has: `npm run test:matrix` runs it.
describe.runIf(process.env.MATRIX)('features=feast', () => {
  let project: string

  beforeAll(() => {
    project = createPrepared(BIKE, { features: 'feast' }, '--level', '3')
  })

  test('it is trained with what was known at the time of each row', () => {
    const collected = model(project, 'data')
    expect(collected.code, collected.output).toBe(0)
    expect(collected.stdout).toContain('2 of 24 entities (by hour)')
    const contract = readFileSync(join(project, 'contract.yaml'), 'utf8')
    expect(contract).toMatch(/name: history_mean\n\s+type: numeric\n\s+stored: true/)
    // What people have written there stays.
    expect(contract).toContain('# orders the rows in time')
    expect(model(project, 'data').stdout).toBe('No new data.\n')
    expect(model(project, 'golden').code).toBe(0)
    const made = model(project, 'pipeline')
    expect(made.code, made.output).toBe(0)
    expect(model(project, 'promote', '1').code).toBe(0)
    expect(Object.keys(inputs(project))).toContain('history_last')
  })

  test('a request is completed with what is known now', async () => {
    const known = JSON.parse(
      python(
        project,
        `
import json
from model import config, contract, feature_store
settings = config.load_config()
print(json.dumps(feature_store.OnlineFeatures(settings, contract.load_contract(settings)).of("8")))`,
      ).stdout,
    )
    expect(known.history_last).toBeGreaterThan(0)
    const row = rowWithoutHistory()
    const service = await startService(project)
    try {
      const completed = await service.predict(row)
      const given = await service.predict({ ...row, ...known } as Row)
      const other = await service.predict({ ...row, history_mean: 1, history_last: 1 })
      expect(completed.status, completed.body).toBe(200)
      const scores = [completed, given, other].map(({ body }) => JSON.parse(body).score)
      expect(scores[0]).toBe(scores[1])
      expect(scores[2]).not.toBe(scores[0])
    } finally {
      await service.stop('SIGTERM')
    }
  })

  test('rows of a file are completed with what was known at their time', () => {
    const rows = readCsv(project, 'examples/good-month.csv')
    const kept = (rows[0] as string[]).flatMap((name, place) => (name.startsWith('history') ? [] : [place]))
    writeCsv(
      project,
      'without.csv',
      rows.map((row) => kept.map((place) => row[place] as string)),
    )
    for (const [from, to] of [
      ['examples/good-month.csv', 'with-predicted.csv'],
      ['without.csv', 'without-predicted.csv'],
    ] as const)
      expect(model(project, 'predict', from, to).code).toBe(0)
    const predictions = (path: string) => readCsv(project, path).map((row) => row.at(-1))
    expect(predictions('without-predicted.csv')).toEqual(predictions('with-predicted.csv'))
  })

  test('its own tests pass, and notice a store that looks ahead', () => {
    const tests = () =>
      run(project, '.venv/bin/python', ['-m', 'pytest', '-q', 'tests/test_feature_store.py'])
    const passed = tests()
    expect(passed.code, passed.output).toBe(0)
    const module = join(project, 'src/model/feature_store.py')
    const source = readFileSync(module, 'utf8')
    const broken = source.replace('days=read_stored(config).known_after_days', 'days=0')
    expect(broken).not.toBe(source)
    writeFileSync(module, broken)
    const failed = tests()
    writeFileSync(module, source)
    expect(failed.code, failed.output).toBe(1)
    expect(failed.output).toContain(
      'FAILED tests/test_feature_store.py::test_an_outcome_changes_only_later_rows',
    )
  })

  test('what is deployed at the next level completes requests from the same store', async () => {
    commitAll(project)
    expect(createMlops(project, 'upgrade', '--to', '4', '--yes').code).toBe(0)
    expect(make(project, 'setup').code).toBe(0)
    const port = await freePort()
    edit(project, 'deploy/test.yaml', /^port: .*$/m, `port: ${port}`)
    edit(project, 'mlops.yaml', 'p95_ms: 250', 'p95_ms: 5000')
    commitAll(project)
    const deployed = make(project, 'deploy', 'ENV=test')
    expect(deployed.code, deployed.output).toBe(0)
    try {
      const answered = await fetch(`http://127.0.0.1:${port}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(rowWithoutHistory()),
      })
      expect(answered.status, await answered.text()).toBe(200)
    } finally {
      expect(make(project, 'teardown', 'ENV=test').code).toBe(0)
    }
  })

  test('a service without a store says what to do', () => {
    rmSync(join(project, 'data/feature-store'), { recursive: true })
    const refused = model(project, 'serve')
    expect(refused.code, refused.output).toBe(2)
    expect(refused.stderr).toBe(
      'error: There is no feature store yet, which completes requests. Run make data.\n',
    )
  })

  test('without a time column there is nothing to look back at, and it says so', () => {
    const timeless = createProject(CREDIT, { features: 'feast' }, '--level', '3', '--no-install')
    const refused = run(timeless, join(project, '.venv/bin/python'), ['-m', 'model', 'data'], {
      PYTHONPATH: join(timeless, 'src'),
    })
    expect(refused.code, refused.output).toBe(2)
    expect(refused.stderr).toContain('A feature store needs the time of each row')
    expect(refused.stderr).not.toContain('Traceback')
  })

  /** A request as the service wants it, at eight. */
  function rowWithoutHistory(): Record<string, string | number> {
    const [names = [], values = []] = readCsv(project, 'models/sample_input.csv')
    const row: Record<string, string | number> = {}
    for (const [place, name] of names.entries())
      if (!name.startsWith('history')) row[name] = asJson(name, values[place] as string)
    return { ...row, hour: 8 }
  }

  function asJson(name: string, value: string): string | number {
    return ['instant', 'dateday', 'holiday', 'workingday'].includes(name) ? value : Number(value)
  }

  function inputs(folder: string): Record<string, unknown> {
    const signature = JSON.parse(readFileSync(join(folder, 'models/signature.json'), 'utf8'))
    return Object.fromEntries(signature.inputs.map((each: { name: string }) => [each.name, each]))
  }
})
