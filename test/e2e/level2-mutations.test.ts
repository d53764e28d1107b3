import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createPrepared, prepare } from './prepared.ts'
import { CREDIT } from './projects.ts'
import { make, type Ran, run, runMeanwhile, scratchFolder } from './run.ts'

/** What is broken, where, how, and the one file of generated tests that has to notice. */
type Mutation = readonly [what: string, file: string, before: string, after: string, guard: string]

const MUTATIONS: readonly Mutation[] = [
  ['a constant of a feature', 'features.py', '86_400', '86_401', 'test_features.py'],
  ['a cleaning step', 'cleaning.py', 'keep="last"', 'keep="first"', 'test_cleaning.py'],
  ['a hyperparameter', 'model.py', 'learning_rate=0.1', 'learning_rate=0.0001', 'test_regression.py'],
  ['the contract', 'enforce.py', 'if len(bad) > limit', 'if False', 'test_contract.py'],
  ['the check of columns', 'table.py', '    if problems:', '    if False:', 'test_contract.py'],
  ['spelling numbers', 'spelling.py', 'repr(float(number))', 'f"{number:.3g}"', 'test_contract.py'],
  [
    'the serving path, for large files only',
    'predict.py',
    '    if malformed:',
    '    inputs.iloc[300:] = inputs.iloc[300:].shift()\n    if malformed:',
    'test_skew.py',
  ],
  ['doing nothing twice', 'pipeline.py', 'log.last_published() ==', 'None ==', 'test_pipeline.py'],
  ['the interface', 'api.py', '"/predictions"', '"/predict"', 'test_api.py'],
  ['the escaping of a crontab', 'crontab.py', "replace('%'", "replace('#'", 'test_schedule.py'],
  ['what is an alert', 'alerts.py', 'summary["verdict"] != "ALERT"', 'False', 'test_monitoring.py'],
]

describe('each generated test fails when what it guards is broken, and no other does', () => {
  let project: string
  let results: Map<string, Promise<Ran>>

  beforeAll(() => {
    project = createPrepared(CREDIT, {}, '--level', '2')
    const tested = make(project, 'test')
    expect(tested.code, tested.output).toBe(0)
    results = testEach([project, ...copies(project, Math.min(availableParallelism(), 4) - 1)])
  })

  test.each(MUTATIONS)('%s', async (what, _file, _before, _after, guard) => {
    const tested = (await results.get(what)) as Ran
    const failed = [...tested.stdout.matchAll(/^(?:FAILED|ERROR) tests\/(\w+\.py)/gm)].map(([, name]) => name)
    expect(new Set(failed), tested.output).toEqual(new Set([guard]))
  })

  test('a model that got worse is told with its old and its new metric', async () => {
    await Promise.all(results.values())
    const path = join(project, 'src/model/model.py')
    const healthy = readFileSync(path, 'utf8')
    // So large a leaf is the only one.
    const leaf = 'min(HYPERPARAMETERS.min_rows_in_leaf, max(2, len(inputs) // 20))'
    expect(healthy).toContain(leaf)
    writeFileSync(path, healthy.replace(leaf, 'len(inputs)'))
    const tested = run(project, join(project, '.venv/bin/pytest'), ['tests/test_regression.py'])
    writeFileSync(path, healthy)
    expect(tested.code).not.toBe(0)
    expect(tested.stdout).toMatch(/ROC AUC: old 0\.\d+, new 0\.\d+, floor 0\.\d+/)
  })
})

/** Breaks and tests one thing after the other in each of some equal projects. */
function testEach(projects: readonly string[]): Map<string, Promise<Ran>> {
  const results = new Map<string, Promise<Ran>>()
  const lanes: Promise<unknown>[] = projects.map(() => Promise.resolve())
  for (const [index, mutation] of MUTATIONS.entries()) {
    const lane = index % projects.length
    const result = (lanes[lane] as Promise<unknown>).then(() =>
      testMutated(projects[lane] as string, mutation),
    )
    lanes[lane] = result
    results.set(mutation[0], result)
  }
  return results
}

async function testMutated(project: string, [, file, before, after]: Mutation): Promise<Ran> {
  const path = join(project, 'src/model', file)
  const healthy = readFileSync(path, 'utf8')
  expect(healthy, `${file} has changed: mend this mutation`).toContain(before)
  writeFileSync(path, healthy.replace(before, after))
  const tested = await runMeanwhile(project, join(project, '.venv/bin/pytest'), ['--no-header', '-rfE'])
  writeFileSync(path, healthy)
  return tested
}

function copies(project: string, count: number): string[] {
  return Array.from({ length: count }, () => {
    const copy = join(scratchFolder('copy'), 'model')
    cpSync(project, copy, { recursive: true, filter: (path) => path !== join(project, '.venv') })
    prepare(copy)
    return copy
  })
}
