import { LOCK_FILE } from '../project/lock.ts'
import type { Change, FileImage } from './change.ts'
import type { Plan } from './plan.ts'

/** How a file is recognised on disk. */
export interface Fingerprint {
  readonly hash: string
  /** Permission bits. */
  readonly mode: number
}

/** What to write: bytes, or a copy of a file that may be too large to hold. */
export type Source =
  | {
      readonly content: Uint8Array
      readonly hash: string
      readonly mode: number
      /** A file that was not there gets its mode as the user's umask has it. */
      readonly isNew: boolean
    }
  | { readonly copyOf: string }
  /** A file of ours, which gets a second name if the file system can do that. */
  | { readonly kept: string; readonly mode: number }

/** One file to write, replace or delete. */
export interface Operation {
  readonly path: string
  /** What has to be there; null when nothing may be there. */
  readonly before: Fingerprint | null
  /** Null deletes the file. */
  readonly after: Source | null
}

/** What has to be done on disk for a plan; empty when the project is as planned already. The lock comes last. */
export function operationsOf(plan: Plan): Operation[] {
  const operations = plan.changes.flatMap(operationsOfChange)
  const { before, after } = plan.lockFile
  const isLockCurrent = before?.hash === after.hash
  return isLockCurrent ? operations : [...operations, write(LOCK_FILE, before, after)]
}

function operationsOfChange(change: Change): Operation[] {
  const { path } = change
  switch (change.kind) {
    case 'create':
    case 'update':
    case 'merge':
    case 'mode':
      return [write(path, change.before, change.after)]
    case 'rename':
      return [remove(change.from, change.before), moved(path, change.after)]
    case 'delete':
      return [remove(path, change.before)]
    case 'copy':
      return [{ path, before: null, after: { copyOf: change.from } }]
    default:
      return []
  }
}

function write(path: string, before: FileImage | null, after: FileImage): Operation {
  return { path, before, after: { ...held(path, after), isNew: before === null } }
}

function moved(path: string, after: FileImage): Operation {
  return { path, before: null, after: { ...held(path, after), isNew: false } }
}

function remove(path: string, before: FileImage): Operation {
  return { path, before, after: null }
}

function held(path: string, { content, hash, mode }: FileImage) {
  if (content === null) throw new Error(`${path} is too large to be written again`)
  return { content, hash, mode }
}
