import type { Catalog } from '../layers/catalog.ts'
import type { LevelNumber } from '../layers/level.ts'
import type { Stack } from '../layers/stack.ts'
import type { Project } from '../project/project.ts'
import { isWrite } from '../ui/plan-table.ts'
import type { Context } from './context.ts'
import { move } from './move.ts'

interface ProjectMove {
  readonly title: string
  readonly catalog: Catalog
  readonly project: Project
  readonly level: LevelNumber
  readonly stack: Stack
  readonly restore?: readonly string[]
}

/** A change of these wants a new environment. */
const ENVIRONMENT_FILES = ['pyproject.toml', 'scripts/setup.py']

/** Moves the project in the working directory to another level or stack, with the facts that it has. */
export async function moveProject(to: ProjectMove, context: Context): Promise<void> {
  const { title, catalog, project, level, stack, restore } = to
  const { settings, contract, contractFile, lock } = project
  const desired = { level, stack, project: settings.project, contract, contractFile }
  const { plan, applied } = await move(
    { title, root: context.cwd, catalog, base: lock, desired, moves: settings.moved, restore: restore ?? [] },
    context,
  )
  const writes = plan.changes.filter(isWrite)
  if (!applied || writes.length === 0) return
  const needsSetup = writes.some(({ path }) => ENVIRONMENT_FILES.includes(path))
  context.output.print(`Done: ${title}. To take it back: create-mlops undo`)
  if (needsSetup) context.output.print('The Python packages may have changed. Next: make setup')
}
