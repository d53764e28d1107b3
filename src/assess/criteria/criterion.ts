import type { LevelNumber } from '../../layers/level.ts'
import type { Dimension, Sighting } from '../evidence.ts'
import type { Repository } from '../repository/repository.ts'

/** One thing that a repository of some level has. */
export interface Criterion {
  readonly id: string
  readonly level: LevelNumber
  readonly dimension: Dimension
  readonly title: string
  /** Who asks for it. */
  readonly source: string
  /** Nice to have: never holds a level back. */
  readonly optional?: true
  /** How sure a look at files can be. */
  readonly confidence: 'high' | 'medium' | 'low'
  /** What would meet it. */
  readonly raise: string
  readonly look: (repository: Repository) => Sighting
}
