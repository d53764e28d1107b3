import { EXIT, type ExitCode, usageError } from '../errors.ts'
import { flagValue, type Parsed } from '../flags.ts'
import { highestLevel } from '../layers/catalog.ts'
import type { LevelNumber } from '../layers/level.ts'
import { resolveStack, stackWithin } from '../layers/stack.ts'
import type { Context } from './context.ts'
import { moveProject } from './move-project.ts'
import { openProject } from './open-project.ts'
import { readLevel } from './read-level.ts'

/** Moves a project one level up, or to any level, down as well. */
export async function upgrade(parsed: Parsed, context: Context): Promise<ExitCode> {
  const { catalog, project } = openProject(context)
  const from = project.settings.level
  const highest = highestLevel(catalog)
  const to = readLevel('to', flagValue(parsed, 'to')) ?? ((from + 1) as LevelNumber)
  if (to > highest)
    throw usageError(
      from === highest
        ? `The project is at level ${from}, and there is no higher one yet`
        : `There is no level ${to} yet`,
      `This version goes up to level ${highest}.`,
    )
  const stack = resolveStack(catalog, to, stackWithin(catalog, to, project.settings.stack))
  await moveProject(
    {
      title: `${to < from ? 'downgrade' : 'upgrade'} to level ${to}`,
      catalog,
      project,
      level: to,
      stack,
      restore: parsed.values.get('restore') ?? [],
    },
    context,
  )
  return EXIT.ok
}
