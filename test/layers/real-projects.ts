import { resolve } from 'node:path'
import { profileData } from '../../src/data/profile.ts'
import { type Catalog, choicesUpTo, readCatalog } from '../../src/layers/catalog.ts'
import type { LevelNumber } from '../../src/layers/level.ts'
import { resolveStack, type Stack } from '../../src/layers/stack.ts'
import { loadTemplates } from '../../src/layers/templates.ts'
import type { Desired } from '../../src/render/project.ts'

/** The templates as they are published. */
export const catalog: Catalog = readCatalog(loadTemplates())

const profile = await profileData(resolve('test/fixtures/german-credit.csv'), { target: 'Target' })

/** A project on real data at some level and stack; what the stack leaves open takes its default. */
export function desired(level: LevelNumber, stack: Stack = {}): Desired {
  const { contract } = profile
  const { task, target, time } = contract
  const project = { name: 'credit', package: 'credit', task, target, time }
  return { level, stack: resolveStack(catalog, level, stack), project, contract }
}

/** The default stack of a level, and each other option once. */
export function stacksOf(level: LevelNumber): Stack[] {
  const others = choicesUpTo(catalog, level).flatMap((choice) =>
    choice.options.slice(1).map((option) => ({ [choice.name]: option.name })),
  )
  return [{}, ...others]
}
