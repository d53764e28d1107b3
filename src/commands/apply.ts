import { EXIT, type ExitCode, usageError } from '../errors.ts'
import type { Parsed } from '../flags.ts'
import { highestLevel } from '../layers/catalog.ts'
import { resolveStack } from '../layers/stack.ts'
import { SETTINGS_FILE } from '../project/settings.ts'
import type { Context } from './context.ts'
import { moveProject } from './move-project.ts'
import { openProject } from './open-project.ts'

/** Makes a project match its edited mlops.yaml, or this version of create-mlops. */
export async function apply(parsed: Parsed, context: Context): Promise<ExitCode> {
  const { catalog, project } = openProject(context)
  const { level, stack } = project.settings
  if (level > highestLevel(catalog))
    throw usageError(
      `${SETTINGS_FILE} says level ${level}, and this version goes up to ${highestLevel(catalog)}`,
    )
  const restore = parsed.values.get('restore') ?? []
  await moveProject(
    { title: 'apply', catalog, project, level, stack: resolveStack(catalog, level, stack), restore },
    context,
  )
  return EXIT.ok
}
