import { isUnfinished, recover } from '../apply/recover.ts'
import { EXIT, KnownError } from '../errors.ts'
import type { Context } from './context.ts'

/**
 * Brings the files back to what they were when an earlier run was killed.
 *
 * @throws KnownError with exit code 4 in a dry run, which may not write
 */
export function settleUnfinished(root: string, { dryRun, output }: Context): void {
  if (dryRun) {
    if (isUnfinished(root)) throw interrupted()
    return
  }
  const { runs, leftAlone, rescued } = recover(root)
  for (const { title, outcome } of runs)
    output.note(`An earlier run was interrupted: ${title}. It was ${outcome}.`)
  if (leftAlone.length > 0)
    output.note(`Changed by somebody since, and left as they are:\n  ${leftAlone.join('\n  ')}`)
  if (rescued !== null) output.note(`What the interrupted run would have put there is kept in ${rescued}`)
}

function interrupted(): KnownError {
  return new KnownError('an earlier run was interrupted', {
    exitCode: EXIT.unfinished,
    hint: 'Run the command without --dry-run: it first brings the files back to what they were.',
  })
}
