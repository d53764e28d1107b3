import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import * as checks from './level1-checks.ts'
import { createPrepared } from './prepared.ts'
import { CREDIT } from './projects.ts'
import { LEVEL1_STACKS } from './stacks.ts'

describe('a broken project is caught, by the check that guards it', () => {
  let project: string

  beforeAll(() => {
    project = createPrepared(CREDIT, LEVEL1_STACKS[0])
    checks.trainsBetterThanBaseline(project)
  })

  test.each<[string, string, string, string, checks.Check]>([
    [
      'logging',
      'log.py',
      'connection.execute("COMMIT")',
      'connection.execute("ROLLBACK")',
      checks.logsEachPrediction,
    ],
    [
      'the join',
      'actuals.py',
      'actuals.merge(logged, on="key")',
      'actuals.assign(key=actuals["key"][::-1].to_numpy()).merge(logged, on="key")',
      checks.joinsByPredictionId,
    ],
    ['the verdict', 'monitor.py', 'verdict = "ALERT"', 'verdict = "OK"', checks.tellsGoodMonthFromBad],
    [
      'label coverage',
      'monitor.py',
      'verdict = "NOT ENOUGH LABELS"',
      'verdict = "OK"',
      checks.needsEnoughLabels,
    ],
    [
      'the sign of the return',
      'roi.py',
      'self.value - self.without_model - self.costs',
      'self.value - self.without_model + self.costs',
      checks.computesReturn,
    ],
    ['the column check', 'contract.py', 'raise InputError', 'print', checks.refusesBrokenColumns],
    [
      'the comparison of inputs',
      'drift.py',
      'before[column.name], after[column.name]',
      'before[column.name], before[column.name]',
      checks.ranksTheChangedInputFirst,
    ],
    [
      'the release gate',
      'release.py',
      'not str(metrics["model_sha256"]).startswith(wanted)',
      'False',
      checks.recordsReleases,
    ],
  ])('%s', (_what, file, before, after, check) => {
    const path = join(project, 'src/model', file)
    const healthy = readFileSync(path, 'utf8')
    expect(healthy, `${file} has changed: mend this mutation`).toContain(before)
    check(project)
    writeFileSync(path, healthy.replaceAll(before, after))
    try {
      expect(() => check(project)).toThrow()
    } finally {
      writeFileSync(path, healthy)
    }
    check(project)
  })
})
