import { LEVELS, type LevelNumber } from '../layers/level.ts'
import type { Criterion } from './criteria/criterion.ts'
import { DIMENSIONS, type Dimension, type Evidence } from './evidence.ts'

/** 0 absent, 0.5 present, 1 run by itself or seen to work. */
type Score = 0 | 0.5 | 1

/** No level is reached where a criterion of level 1 is not met. */
export type Reached = 0 | LevelNumber

/** A criterion and how the repository does on it. */
export interface Judged {
  readonly criterion: Criterion
  readonly score: Score
  readonly evidence: readonly Evidence[]
  /** Why what is there is not enough. */
  readonly lacking: string | undefined
  /** What a person says about it; the score is what files show. */
  readonly answer: boolean | undefined
}

export interface DimensionScore {
  readonly dimension: Dimension
  readonly level: Reached
  /** How many of the required criteria of each level are met. */
  readonly byLevel: Readonly<Record<LevelNumber, { readonly met: number; readonly of: number }>>
}

/** The level of each dimension: the highest whose criteria are met, and those of every level below it. */
export function scoreDimensions(judged: readonly Judged[]): DimensionScore[] {
  return DIMENSIONS.map((dimension) => {
    const own = judged.filter(
      ({ criterion }) => criterion.dimension === dimension && criterion.optional !== true,
    )
    const byLevel = Object.fromEntries(
      LEVELS.map((level) => {
        const asked = own.filter(({ criterion }) => criterion.level === level)
        return [level, { met: asked.filter(({ score }) => score > 0).length, of: asked.length }]
      }),
    ) as DimensionScore['byLevel']
    return { dimension, byLevel, level: levelOf((level) => byLevel[level].met === byLevel[level].of) }
  })
}

/** All dimensions are important, so the weakest one decides. */
export function overall(dimensions: readonly DimensionScore[]): Reached {
  return Math.min(...dimensions.map(({ level }) => level)) as Reached
}

/** How far the machinery goes: the highest level of which at least half is there, holes below or not. */
export function machineryOf(dimensions: readonly DimensionScore[]): Reached {
  const isMostlyThere = (level: LevelNumber) => {
    const met = dimensions.reduce((sum, { byLevel }) => sum + byLevel[level].met, 0)
    const of = dimensions.reduce((sum, { byLevel }) => sum + byLevel[level].of, 0)
    return met * 2 >= of
  }
  return Math.max(0, ...LEVELS.filter(isMostlyThere)) as Reached
}

function levelOf(isReached: (level: LevelNumber) => boolean): Reached {
  let reached: Reached = 0
  for (const level of LEVELS) {
    if (!isReached(level)) break
    reached = level
  }
  return reached
}
