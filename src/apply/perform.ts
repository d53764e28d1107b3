import { dirname } from 'node:path'
import { KnownError } from '../errors.ts'
import { errorCode, type FileSystem } from '../project/file-system.ts'
import { chunksOf, hashOfFile } from '../project/hash.ts'
import {
  renamePatiently,
  renameToFree,
  syncFolder,
  tryToLink,
  unlinkPatiently,
  writeNewFile,
} from './durable.ts'
import { isSameVersion, isThere, statusOf } from './inspect.ts'
import { type Journal, type NewFolder, newFile, oldFile, type Step, type Transaction } from './journal.ts'
import { absolute, exists, type Place, removeEmptyFolder } from './place.ts'

/**
 * Takes the steps of a transaction that is prepared: first what is deleted, so that there is room for a file in place
 * of a folder and the other way round, then what is written.
 *
 * @throws KnownError when a file is no longer what the plan saw
 */
export function perform(
  place: Place,
  transaction: Transaction,
  journal: Journal,
  onStep: (path: string) => void,
): void {
  const take = (isWanted: (step: Step) => boolean) => {
    for (const [index, step] of journal.steps.entries()) {
      if (!isWanted(step)) continue
      takeStep(place, transaction, step, index)
      onStep(step.path)
    }
  }
  take((step) => step.after === null)
  for (const { path } of journal.emptied) removeEmptyFolder(place.fs, absolute(place, path))
  for (const folder of journal.folders) makeFolder(place, folder)
  take((step) => step.after !== null)
  syncTouched(place, journal)
}

/** Makes the changes in the project's folders survive a power cut. */
export function syncTouched(place: Place, journal: Journal): void {
  const changed = [...journal.steps, ...journal.emptied, ...journal.folders]
  const folders = new Set(changed.map(({ path }) => dirname(absolute(place, path))))
  for (const folder of folders) if (exists(place, folder)) syncFolder(place.fs, folder)
}

function takeStep(place: Place, transaction: Transaction, step: Step, index: number): void {
  const { fs } = place
  const { path, before, after } = step
  const target = absolute(place, path)
  const seen = statusOf(place, target)
  if (!isThere(place, path, before)) throw changedMeanwhile(path)
  if (before === null) {
    moveToFree(fs, newFile(transaction, index), target, path)
    return
  }
  const old = oldFile(transaction, index)
  keepCopy(fs, target, old)
  if (after === null) unlinkPatiently(fs, target)
  else renamePatiently(fs, newFile(transaction, index), target)
  // What is kept is the very file that was replaced, so it shows what was saved since the look at it.
  const isAsSeen = isSameVersion(seen, statusOf(place, old)) || hashOfFile(fs, old) === before.hash
  if (!isAsSeen) throw changedMeanwhile(path)
}

function moveToFree(fs: FileSystem, from: string, to: string, path: string): void {
  try {
    renameToFree(fs, from, to)
  } catch (error) {
    throw errorCode(error) === 'EEXIST' ? changedMeanwhile(path) : error
  }
}

function keepCopy(fs: FileSystem, file: string, copy: string): void {
  if (tryToLink(fs, file, copy)) return
  writeNewFile(fs, copy, chunksOf(fs, file), { bits: fs.lstatSync(file).mode & 0o7777, isExact: true })
}

function makeFolder(place: Place, { path, mode }: NewFolder): void {
  const { fs } = place
  const folder = absolute(place, path)
  if (statusOf(place, folder)?.isDirectory()) return
  if (exists(place, folder)) throw changedMeanwhile(path)
  fs.mkdirSync(folder)
  if (mode !== null) fs.chmodSync(folder, mode)
}

function changedMeanwhile(path: string): KnownError {
  return new KnownError(`${path} was changed while create-mlops was at work`, {
    hint: 'Nothing was changed. Run the command again: it will see the file as it is now.',
  })
}
