import { usageError } from '../errors.ts'
import type { ColumnsProfile } from './describe-table.ts'
import { profileColumns } from './profile-columns.ts'
import type { OnProgress } from './read/table.ts'
import { type Profile, settleTask, type TaskWishes } from './settle-task.ts'
import { rankByTarget } from './task/rank-targets.ts'
import { rankTimes } from './task/time.ts'

export type { ColumnsProfile } from './describe-table.ts'
export { profileColumns } from './profile-columns.ts'
export { type Profile, settleTask, type TaskWishes } from './settle-task.ts'

/**
 * Reads a data file and settles what is to be learnt from it, in one go.
 *
 * @throws KnownError when the file cannot be read, or a wish does not fit it
 */
export async function profileData(
  file: string,
  wishes: Omit<TaskWishes, 'target'> & { readonly target?: string | undefined },
  onProgress?: OnProgress,
): Promise<Profile> {
  const columns = await profileColumns(file, wishes.types, onProgress)
  const { target } = wishes
  if (target === undefined) {
    const likely = rankTargets(columns).slice(0, 5).join(', ')
    throw usageError(
      'the target is missing: the column to predict',
      `Name it with --target. Likely: ${likely}`,
    )
  }
  return settleTask(columns, { ...wishes, target })
}

/** The names of the columns that can be predicted, the likeliest first. */
export function rankTargets({ columns }: ColumnsProfile): string[] {
  return rankByTarget(columns).map(({ name }) => name)
}

/** The names of the columns that may order the rows in time, the likeliest first. */
export function timeColumns({ columns }: ColumnsProfile, target: string): string[] {
  return rankTimes(columns, target).map(({ name }) => name)
}
