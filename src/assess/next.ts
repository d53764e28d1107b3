import { LEVELS, type LevelNumber } from '../layers/level.ts'
import type { PartAssessment } from './assess.ts'
import type { Dimension } from './evidence.ts'
import type { Judged } from './score.ts'

/** Monitoring comes first at every level: without it nobody knows whether the rest is worth anything. */
const ORDER: readonly Dimension[] = ['monitoring', 'data', 'training', 'application', 'release']

/** The level above, and what is missing for it, in the order in which to do it. */
export function nextSteps({
  level,
  judged,
}: PartAssessment): { to: LevelNumber; missing: readonly Judged[] } | undefined {
  const to = LEVELS.find((each) => each > level)
  if (to === undefined) return undefined
  const missing = judged.filter(
    ({ criterion, score }) => criterion.level <= to && score === 0 && criterion.optional !== true,
  )
  return { to, missing: missing.sort((a, b) => rank(a) - rank(b)) }
}

function rank({ criterion }: Judged): number {
  return criterion.level * 100 + ORDER.indexOf(criterion.dimension)
}
