import { packedSample } from '../data/packed-sample.ts'
import { SAMPLE, samplePath } from '../data/sample.ts'
import type { Profile } from '../data/settle-task.ts'
import { usageError } from '../errors.ts'
import type { Catalog } from '../layers/catalog.ts'
import { resolveStack, type Stack } from '../layers/stack.ts'
import { formatFindings } from '../ui/findings.ts'
import type { Context } from './context.ts'
import { type Answers, projectFolder } from './create.ts'
import { OWN } from './existing.ts'
import type { FoundCode, Wishes } from './wishes.ts'

/**
 * Answers every question from the flags and the defaults.
 *
 * @throws KnownError (usage) that names the flag which is missing
 */
export async function answersFromFlags(catalog: Catalog, wishes: Wishes, context: Context): Promise<Answers> {
  const { output, yes } = context
  if (wishes.dir === undefined && !yes)
    throw usageError(
      'There is no terminal to ask in, and the folder is missing',
      'Give DIR, e.g. create-mlops churn --yes',
    )
  if (wishes.data === undefined && !yes)
    throw usageError(
      'There is no terminal to ask in, and --data is missing',
      'Give --data FILE --target COLUMN, or --yes for the bundled sample.',
    )
  const folder = projectFolder(context, wishes.dir ?? '.', wishes.name)
  const level = wishes.level ?? 1
  const stack = resolveStack(catalog, level, wishes.stack)
  const data = wishes.data ?? samplePath()
  const profile = (wishes.data === undefined && packedSample(wishes)) || (await readData(data, wishes))
  output.print(formatFindings(profile, output))
  return { ...folder, level, stack, data, profile, ...calledCode(wishes, stack) }
}

async function readData(file: string, wishes: Wishes): Promise<Profile> {
  // The sample of the published package does without the code that reads data.
  const { profileColumns, settleTask } = await import('../data/profile.ts')
  const columns = await profileColumns(file, wishes.types)
  const target = wishes.target ?? (wishes.data === undefined ? SAMPLE.target : undefined)
  if (target === undefined)
    throw usageError(
      'There is no terminal to ask in, and --target is missing',
      `Name the column to predict: ${columns.columns.map((column) => column.name).join(', ')}`,
    )
  return settleTask(columns, { ...wishes, target })
}

/** The code of the user's, if the stack calls it. */
export function calledCode({ own }: Wishes, { framework }: Stack): { own?: FoundCode } {
  return own === undefined || framework !== OWN ? {} : { own }
}
