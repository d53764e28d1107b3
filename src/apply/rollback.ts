import { join } from 'node:path'
import { renamePatiently, renameToFree, unlinkPatiently } from './durable.ts'
import { isSameFile, isThere } from './inspect.ts'
import {
  discardTransaction,
  type Folder,
  type Journal,
  newFile,
  oldFile,
  type Step,
  type Transaction,
} from './journal.ts'
import { syncTouched } from './perform.ts'
import { absolute, exists, type Place, removeEmptyFolder, statePath } from './place.ts'

export interface RolledBack {
  /** Files that somebody has changed since, and that are left as they are. */
  readonly leftAlone: readonly string[]
  /** The folder with the older versions of these; null when nothing was left alone. */
  readonly rescued: string | null
}

/**
 * Brings back what was there before a transaction that is prepared, however far it came, and removes it. A file that
 * is not what the transaction wrote has been changed since: it is left alone, and its older version is put aside.
 */
export function rollBack(place: Place, transaction: Transaction, journal: Journal): RolledBack {
  const leftAlone = takeAllBack(place, transaction, journal)
  syncTouched(place, journal)
  const rescued = leftAlone.length === 0 ? null : putAside(place, transaction)
  if (rescued === null) discardTransaction(place, transaction)
  return { leftAlone, rescued }
}

function takeAllBack(place: Place, transaction: Transaction, journal: Journal): string[] {
  const takeBack = (isWanted: (step: Step) => boolean) =>
    [...journal.steps.entries()]
      .reverse()
      .filter(([index, step]) => isWanted(step) && !takeBackStep(place, transaction, step, index))
      .map(([, step]) => step.path)
  const written = takeBack((step) => step.after !== null)
  for (const { path } of [...journal.folders].reverse()) removeEmptyFolder(place.fs, absolute(place, path))
  for (const folder of [...journal.emptied].reverse()) makeAgain(place, folder)
  const deleted = takeBack((step) => step.after === null)
  return [...written, ...deleted]
}

function putAside({ fs, root }: Place, transaction: Transaction): string {
  const parent = statePath({ fs, root }, 'rescued')
  fs.mkdirSync(parent, { recursive: true })
  const folder = join(parent, `${transaction.id}-${Date.now()}`)
  renamePatiently(fs, transaction.folder, folder)
  return folder
}

/** Says whether the old state is there; what a second recovery finds done already is. */
function takeBackStep(place: Place, transaction: Transaction, step: Step, index: number): boolean {
  const { fs } = place
  const { path, before, after } = step
  const target = absolute(place, path)
  const old = oldFile(transaction, index)
  if (!isTaken(place, transaction, step, index) || isThere(place, path, before)) return true
  if (before !== null && isThere(place, path, null)) renameToFree(fs, old, target)
  else if (after === null || !isThere(place, path, after)) return false
  else if (before === null) unlinkPatiently(fs, target)
  else renamePatiently(fs, old, target)
  return true
}

/** A new file leaves the transaction's folder when it is put in place; a deleted one comes into it before it goes. */
function isTaken(place: Place, transaction: Transaction, { path, after }: Step, index: number): boolean {
  const staged = newFile(transaction, index)
  if (after === null) return exists(place, oldFile(transaction, index))
  return !exists(place, staged) || isSameFile(place, staged, absolute(place, path))
}

function makeAgain(place: Place, { path, mode }: Folder): void {
  const { fs } = place
  const folder = absolute(place, path)
  if (exists(place, folder)) return
  fs.mkdirSync(folder, { mode })
  fs.chmodSync(folder, mode)
}
