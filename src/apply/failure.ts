import { EXIT, KnownError } from '../errors.ts'
import { errorCode } from '../project/file-system.ts'

const UNCHANGED = 'Nothing was changed'

/** What to tell about an error of the file system that a user can do something about. */
const EXPLANATIONS: Readonly<Record<string, { readonly what: string; readonly todo: string }>> = {
  ENOSPC: { what: 'the disk is full', todo: 'Make room' },
  EDQUOT: { what: 'your quota on the disk is used up', todo: 'Make room' },
  EACCES: { what: 'permission was denied', todo: 'Get the right to write there' },
  EPERM: {
    what: 'permission was denied',
    todo: 'Get the right to write there, or close what holds the file',
  },
  EBUSY: { what: 'another program holds a file', todo: 'Close it' },
  EROFS: { what: 'the file system is read-only', todo: 'Choose another folder' },
  EXDEV: { what: 'a folder of the project is on another file system', todo: 'Unmount it' },
  ENAMETOOLONG: { what: 'a path is too long for the file system', todo: 'Choose a shorter folder' },
  EMFILE: { what: 'too many files are open', todo: 'Raise the limit (ulimit -n)' },
}

/** An error of the file system in words, after everything was rolled back. Any other error is returned as it is. */
export function explain(error: unknown, root: string): unknown {
  const explanation = EXPLANATIONS[errorCode(error) ?? '']
  if (explanation === undefined || error instanceof KnownError) return error
  const { what, todo } = explanation
  const file = error instanceof Error && 'path' in error ? ` (${error.path})` : ''
  return new KnownError(`cannot write in ${root}: ${what}${file}`, {
    hint: `${UNCHANGED}. ${todo} and run the command again.`,
    cause: error,
  })
}

/** The transaction failed and taking it back did too: only a later run can put things right. */
export function unfinished(root: string, error: unknown): KnownError {
  const why = error instanceof Error ? error.message : String(error)
  return new KnownError(`an unfinished change was left in ${root}: ${why}`, {
    exitCode: EXIT.unfinished,
    hint: 'Run the command again: it first brings the files back to what they were.',
    cause: error,
  })
}

/** An earlier run was killed, and what it left has to be settled first. */
export function unfinishedBefore(root: string): KnownError {
  return new KnownError(`an earlier run of create-mlops in ${root} was interrupted`, {
    exitCode: EXIT.unfinished,
    hint: 'Run the command again: it first brings the files back to what they were.',
  })
}
