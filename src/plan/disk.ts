import type { Stats } from 'node:fs'
import { posix } from 'node:path'
import { type ReadableFileSystem, unlessMissing } from '../project/file-system.ts'
import { hashOf, hashOfFile } from '../project/hash.ts'
import { foldCase, folderOf, parentsOf } from '../project/paths.ts'

/** A file above this size is compared by hash, never held in memory and never merged. */
export const LARGEST_HELD = 8 * 1024 * 1024

export interface DiskFile {
  readonly kind: 'file'
  readonly size: number
  /** Permission bits. */
  readonly mode: number
  hash(): string
  /** Null above `LARGEST_HELD`. */
  content(): Uint8Array | null
}

export type DiskEntry =
  /** Nothing is there. `twin` has the same name but for upper and lower case. */
  | { readonly kind: 'absent'; readonly twin: string | null }
  | DiskFile
  | { readonly kind: 'symlink' | 'folder' | 'special' }
  /** Unreachable: `by` is a parent that is a symlink or a file. */
  | { readonly kind: 'blocked'; readonly by: string; readonly parent: 'symlink' | 'file' }

/** The project as it is on disk. Only what is asked for is read, once, and no link is ever followed. */
export interface DiskView {
  at(path: string): DiskEntry
  /** The names in a folder, in no order; none where there is no folder. */
  names(folder: string): readonly string[]
  /** Whether the file at `path` has the bytes of a file somewhere else. */
  isCopyOf(path: string, absolute: string): boolean
  /** Whether permission bits mean anything here (not on Windows). */
  readonly hasModes: boolean
}

/** Looks at the project below `root`, which need not exist. */
export function readDisk(fs: ReadableFileSystem, root: string, platform = process.platform): DiskView {
  const entries = new Map<string, DiskEntry>()
  const listings = new Map<string, readonly string[]>()
  const spellings = new Map<string, ReadonlyMap<string, string>>()
  const found = new Map<string, Stats | null>()
  const absolute = (path: string) => (path === '' ? root : `${root}/${path}`)
  const stats = (path: string) =>
    remember(found, path, () => unlessMissing(() => fs.lstatSync(absolute(path))))

  const names = (folder: string) =>
    remember(listings, folder, () => (stats(folder)?.isDirectory() ? fs.readdirSync(absolute(folder)) : []))

  const spellingsIn = (folder: string) =>
    remember(spellings, folder, () => new Map(names(folder).map((name) => [foldCase(name), name])))

  /** Below a folder that is missing there is nothing, so the first missing name is the one to compare. */
  const twinOf = (path: string): string | null => {
    const missing = [...parentsOf(path), path].find((step) => stats(step) === null) ?? path
    const folder = folderOf(missing)
    const twin = spellingsIn(folder).get(foldCase(posix.basename(missing)))
    return twin === undefined ? null : posix.join(folder, twin)
  }

  const look = (path: string): DiskEntry => {
    const blocked = blockedBy(path, stats)
    if (blocked !== null) return blocked
    const status = stats(path)
    return status === null ? { kind: 'absent', twin: twinOf(path) } : entryOf(fs, absolute(path), status)
  }

  return {
    at: (path) => remember(entries, path, () => look(path)),
    names,
    isCopyOf: (path, other) =>
      fs.lstatSync(absolute(path)).size === fs.lstatSync(other).size &&
      hashOfFile(fs, absolute(path)) === hashOfFile(fs, other),
    hasModes: platform !== 'win32',
  }
}

type LookAt = (path: string) => Stats | null

function blockedBy(path: string, stats: LookAt): DiskEntry | null {
  for (const parent of parentsOf(path)) {
    const found = stats(parent)
    if (found === null) return null
    if (found.isSymbolicLink()) return { kind: 'blocked', by: parent, parent: 'symlink' }
    if (!found.isDirectory()) return { kind: 'blocked', by: parent, parent: 'file' }
  }
  return null
}

function entryOf(fs: ReadableFileSystem, absolute: string, stats: Stats): DiskEntry {
  if (stats.isSymbolicLink()) return { kind: 'symlink' }
  if (stats.isDirectory()) return { kind: 'folder' }
  if (!stats.isFile()) return { kind: 'special' }
  return fileEntry(fs, absolute, stats)
}

function fileEntry(fs: ReadableFileSystem, absolute: string, stats: Stats): DiskFile {
  const content = once(() => (stats.size > LARGEST_HELD ? null : fs.readFileSync(absolute)))
  const hash = once(() => {
    const held = content()
    return held === null ? hashOfFile(fs, absolute) : hashOf(held)
  })
  return { kind: 'file', size: stats.size, mode: stats.mode & 0o7777, hash, content }
}

function remember<K, V>(memory: Map<K, V>, key: K, find: () => V): V {
  const known = memory.get(key)
  if (known !== undefined) return known
  const value = find()
  memory.set(key, value)
  return value
}

function once<T>(find: () => T): () => T {
  let known: { readonly value: T } | null = null
  return () => {
    known ??= { value: find() }
    return known.value
  }
}
