import type { Catalog } from '../layers/catalog.ts'
import type { LevelNumber } from '../layers/level.ts'
import type { Stack } from '../layers/stack.ts'
import type { Project } from '../project/project.ts'
import type { Context } from './context.ts'
import { type Moved, move } from './move.ts'

interface ProjectMove {
  readonly title: string
  readonly catalog: Catalog
  readonly project: Project
  readonly level: LevelNumber
  readonly stack: Stack
  readonly restore?: readonly string[]
}

/** Moves the project in the working directory to another level or stack, with the facts that it has. */
export function moveProject(
  { title, catalog, project, level, stack, restore }: ProjectMove,
  context: Context,
): Promise<Moved> {
  const { settings, contract, lock } = project
  const desired = { level, stack, project: settings.project, contract }
  return move(
    { title, root: context.cwd, catalog, base: lock, desired, moves: settings.moved, restore: restore ?? [] },
    context,
  )
}
