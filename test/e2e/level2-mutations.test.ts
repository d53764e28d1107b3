import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createPrepared } from './prepared.ts'
import { CREDIT } from './projects.ts'
import { make, run } from './run.ts'

/** What is broken, where, how, and the one file of generated tests that has to notice. */
const MUTATIONS: [string, string, string, string, string][] = [
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
  ['what is an alert', 'alerts.py', 'summary["verdict"] != "ALERT"', 'False', 'test_monitoring.py'],
]

describe('each generated test fails when what it guards is broken, and no other does', () => {
  let project: string

  beforeAll(() => {
    project = createPrepared(CREDIT, {}, '--level', '2')
    const tested = make(project, 'test')
    expect(tested.code, tested.output).toBe(0)
  })

  test.each(MUTATIONS)('%s', (_what, file, before, after, guard) => {
    const path = join(project, 'src/model', file)
    const healthy = readFileSync(path, 'utf8')
    expect(healthy, `${file} has changed: mend this mutation`).toContain(before)
    writeFileSync(path, healthy.replace(before, after))
    const tested = run(project, join(project, '.venv/bin/pytest'), ['--no-header', '-rfE'])
    writeFileSync(path, healthy)
    const failed = [...tested.stdout.matchAll(/^(?:FAILED|ERROR) tests\/(\w+\.py)/gm)].map(([, name]) => name)
    expect(new Set(failed), tested.output).toEqual(new Set([guard]))
  })

  test('a model that got worse is told with its old and its new metric', () => {
    const path = join(project, 'src/model/model.py')
    const healthy = readFileSync(path, 'utf8')
    writeFileSync(path, healthy.replace('max_rounds=400', 'max_rounds=1'))
    const tested = run(project, join(project, '.venv/bin/pytest'), ['tests/test_regression.py'])
    writeFileSync(path, healthy)
    expect(tested.code).not.toBe(0)
    expect(tested.stdout).toMatch(/ROC AUC: old 0\.\d+, new 0\.\d+, floor 0\.\d+/)
  })
})
