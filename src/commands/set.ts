import { EXIT, type ExitCode } from '../errors.ts'
import type { Parsed } from '../flags.ts'
import { readCatalog } from '../layers/catalog.ts'
import { parseStack, resolveStack } from '../layers/stack.ts'
import { loadTemplates } from '../layers/templates.ts'
import { readProject } from '../project/project.ts'
import type { Context } from './context.ts'
import { moveProject } from './move-project.ts'

/** Gives a project another tool. */
export async function set(parsed: Parsed, context: Context): Promise<ExitCode> {
  const catalog = readCatalog(loadTemplates())
  const project = readProject(context.cwd)
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
