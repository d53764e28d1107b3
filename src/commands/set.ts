import { EXIT, type ExitCode } from '../errors.ts'
import type { Parsed } from '../flags.ts'
import { parseStack, resolveStack } from '../layers/stack.ts'
import type { Context } from './context.ts'
import { moveProject } from './move-project.ts'
import { openProject } from './open-project.ts'

/** Gives a project another tool. */
export async function set(parsed: Parsed, context: Context): Promise<ExitCode> {
  const { catalog, project } = openProject(context)
  const { level, stack } = project.settings
  const wishes = { ...stack, ...parseStack(parsed.positionals) }
  await moveProject(
    {
      title: `set ${parsed.positionals.join(' ')}`,
      catalog,
      project,
      level,
      stack: resolveStack(catalog, level, wishes),
    },
    context,
  )
  return EXIT.ok
}
