import nodeFs from 'node:fs'
import { EXIT, KnownError } from '../errors.ts'
import { type Operation, operationsOf } from '../plan/operations.ts'
import type { Plan } from '../plan/plan.ts'
import type { FileSystem } from '../project/file-system.ts'
import { explain, unfinishedBefore } from './failure.ts'
import { ensureRoot, ensureState } from './place.ts'
import { withLock } from './process-lock.ts'
import { isUnfinished } from './recover.ts'
import { dropOldest, runTransaction } from './run.ts'
import { tidy } from './tidy.ts'

export interface ApplyOptions {
  /** What the user asked for, e.g. `upgrade to level 2`; `undo` names it again. */
  readonly title?: string
  readonly fs?: FileSystem
  readonly onProgress?: (progress: Progress) => void
}

export interface Progress {
  readonly path: string
  readonly done: number
  readonly total: number
}

/**
 * Does all of a plan, or nothing: whatever fails, the files are what they were. Nothing at all is written where the
 * project is as planned already. Returns what was done.
 *
 * @throws KnownError for open conflicts, for an unfinished earlier run (see `recover`), for a file that was changed
 *   since the plan was made, and for what the file system refuses
 */
export function applyPlan(root: string, plan: Plan, options: ApplyOptions = {}): readonly Operation[] {
  refuseConflicts(plan)
  const operations = operationsOf(plan)
  if (operations.length === 0) return operations
  const { fs = nodeFs, title = 'apply', onProgress = () => {} } = options
  const place = { fs, root }
  let roots = 0
  try {
    roots = ensureRoot(place)
    ensureState(place)
    withLock(place, () => {
      if (isUnfinished(root, fs)) throw unfinishedBefore(root)
      dropOldest(place)
      const { emptied } = plan
      const task = { title, operations, emptied, formerFolders: [], roots, undoes: null }
      runTransaction(place, task, onProgress)
    })
  } catch (error) {
    tidy(place, roots)
    throw explain(error, root)
  }
  return operations
}

/** @throws KnownError with exit code 3 that names each open conflict */
export function refuseConflicts({ conflicts }: Plan): void {
  if (conflicts.length === 0) return
  const paths = conflicts.map(({ path, reason }) => `  ${path}: ${reason}`)
  throw new KnownError(`Nothing was changed, because of conflicts:\n${paths.join('\n')}`, {
    exitCode: EXIT.conflicts,
    hint: 'Answer them one by one in a terminal, or all at once with --conflicts mine, theirs or markers.',
  })
}
