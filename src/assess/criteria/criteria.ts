import { APPLICATION } from './application.ts'
import type { Criterion } from './criterion.ts'
import { DATA } from './data.ts'
import { MONITORING } from './monitoring.ts'
import { RELEASE } from './release.ts'
import { TRAINING } from './training.ts'

/** Every criterion of every level. Their tests, a positive and a negative one each, are made from this table. */
export const CRITERIA: readonly Criterion[] = [
  ...DATA,
  ...TRAINING,
  ...RELEASE,
  ...APPLICATION,
  ...MONITORING,
]
