import { type Choice, LEVELS, type Level, type LevelNumber, parseLevel } from './level.ts'
import type { Templates } from './templates.ts'

/** What the templates offer: the levels that exist, lowest first. */
export interface Catalog {
  readonly levels: readonly Level[]
  readonly templates: Templates
}

export function readCatalog(templates: Templates): Catalog {
  const levels: Level[] = []
  for (const level of LEVELS) {
    const file = templates.get(`level${level}/layer.yaml`)
    if (file === undefined) break
    levels.push(parseLevel(Buffer.from(file.content).toString('utf8'), level))
  }
  return { levels, templates }
}

/** The highest level that the templates reach. */
export function highestLevel(catalog: Catalog): LevelNumber {
  const last = catalog.levels.at(-1)
  if (last === undefined) throw new Error('there are no templates')
  return last.level
}

/** The command to begin with in a project of a level. */
export function firstCommand(catalog: Catalog, level: LevelNumber): string | undefined {
  return catalog.levels.findLast((each) => each.level <= level && each.first !== undefined)?.first
}

/** The choices of a level and of every level below it, in level order. */
export function choicesUpTo(catalog: Catalog, level: LevelNumber): Choice[] {
  return catalog.levels.filter((each) => each.level <= level).flatMap((each) => each.choices)
}
