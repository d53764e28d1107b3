import { createHash } from 'node:crypto'
import type { Fingerprint, Operation, Source } from '../plan/operations.ts'
import type { FileSystem } from '../project/file-system.ts'
import { chunksOf, hashOfFile } from '../project/hash.ts'
import { parentsOf } from '../project/paths.ts'
import { syncFolder, tryToLink, writeNewFile } from './durable.ts'
import { statusOf } from './inspect.ts'
import { type Folder, type NewFolder, newFile, type Step, type Transaction } from './journal.ts'
import { absolute, type Place } from './place.ts'

/** Writes every new file into the transaction's folder, where nobody sees it yet, and returns the steps to take. */
export function stage(place: Place, transaction: Transaction, operations: readonly Operation[]): Step[] {
  const steps = operations.map(({ path, before, after }, index): Step => {
    const known = before === null ? null : { hash: before.hash, mode: before.mode }
    return { path, before: known, after: after && stageFile(place, newFile(transaction, index), after) }
  })
  syncFolder(place.fs, transaction.folder)
  return steps
}

/** The folders that have to be made for the new files, outermost first, with the modes they had if these are known. */
export function foldersToMake(
  place: Place,
  operations: readonly Operation[],
  known: readonly Folder[],
): NewFolder[] {
  const modes = new Map(known.map(({ path, mode }) => [path, mode]))
  const written = operations.filter((operation) => operation.after !== null)
  const parents = new Set(written.flatMap(({ path }) => parentsOf(path)))
  return [...parents]
    .filter((folder) => !isFolder(place, folder))
    .sort((one, other) => one.length - other.length)
    .map((path) => ({ path, mode: modes.get(path) ?? null }))
}

/** Folders with the mode they have, so that they can be made again. */
export function describeFolders(place: Place, paths: readonly string[]): Folder[] {
  return paths.flatMap((path) => {
    const found = statusOf(place, absolute(place, path))
    return found?.isDirectory() ? [{ path, mode: found.mode & 0o7777 }] : []
  })
}

function isFolder(place: Place, path: string): boolean {
  return statusOf(place, absolute(place, path))?.isDirectory() ?? false
}

function stageFile(place: Place, file: string, source: Source): Fingerprint {
  const { fs } = place
  if ('kept' in source && tryToLink(fs, source.kept, file)) return fingerprintOf(fs, file)
  const hash = createHash('sha256')
  writeNewFile(
    fs,
    file,
    passing(chunksFrom(fs, source), (chunk) => hash.update(chunk)),
    modeOf(source),
  )
  return { hash: hash.digest('hex'), mode: fs.lstatSync(file).mode & 0o7777 }
}

function fingerprintOf(fs: FileSystem, file: string): Fingerprint {
  return { hash: hashOfFile(fs, file), mode: fs.lstatSync(file).mode & 0o7777 }
}

function chunksFrom(fs: FileSystem, source: Source): Iterable<Uint8Array> {
  if ('content' in source) return [source.content]
  return chunksOf(fs, 'kept' in source ? source.kept : source.copyOf)
}

/** The user's umask decides about the mode of a new file, as it does for any other program. */
function modeOf(source: Source): { bits: number; isExact: boolean } {
  if ('copyOf' in source) return { bits: 0o666, isExact: false }
  if ('kept' in source || !source.isNew) return { bits: source.mode, isExact: true }
  return { bits: source.mode === 0o755 ? 0o777 : 0o666, isExact: false }
}

function* passing<T>(items: Iterable<T>, see: (item: T) => void): Generator<T> {
  for (const item of items) {
    see(item)
    yield item
  }
}
