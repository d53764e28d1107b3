import type { Place, Source } from './repository/sources.ts'

export const DIMENSIONS = ['data', 'training', 'release', 'application', 'monitoring'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** Something in the repository that speaks for or against a criterion. */
export interface Evidence extends Place {
  /** What stands there. */
  readonly what: string
}

/** What a rule has seen. */
export interface Sighting {
  /** What speaks for it; without any the criterion is not met. */
  readonly found: readonly Evidence[]
  /** What runs it by itself, so that it is not only there. */
  readonly run?: readonly Evidence[]
  /** Why what is there is not enough. */
  readonly lacking?: string
  /** What the reason rests on. */
  readonly against?: readonly Evidence[]
}

export function met(found: readonly Evidence[], run: readonly Evidence[] = []): Sighting {
  return { found, run }
}

export function lacking(reason: string, against: readonly Evidence[] = []): Sighting {
  return { found: [], lacking: reason, against }
}

export function inSource(source: Source, line: number, what: string): Evidence {
  return { ...source.at(line), what }
}

export function inFile(path: string, what: string, line = 1): Evidence {
  return { path, line, what }
}
