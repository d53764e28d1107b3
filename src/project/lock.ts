import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { KnownError } from '../errors.ts'
import type { FileMode, Ownership } from '../render/tree.ts'
import { hashOf } from './hash.ts'
import { isSafePath } from './paths.ts'

export const LOCK_FILE = 'mlops.lock'

const FORMAT = 1

/** What is remembered of one generated file. */
export interface LockEntry {
  readonly path: string
  readonly ownership: Ownership
  readonly layer: string
  readonly mode: FileMode
  /** Of the pristine bytes. */
  readonly hash: string
  /** The pristine bytes, packed; null for a file that is the user's, because it is never merged. */
  readonly packed: string | null
  /** Where the user has moved the file to. */
  readonly movedTo: string | null
  /** The user had this file before us, and our part was added to it. */
  readonly shared: boolean
  /** This file was split off another one, whose path this is (the user's Makefile includes ours). */
  readonly companionOf: string | null
}

/** The state of a project's generated files: what was last rendered, and what of it the user declined. */
export interface Lock {
  /** The version that rendered. */
  readonly createMlops: string
  readonly files: ReadonlyMap<string, LockEntry>
  /** The hash of each template text that was offered and not taken, by path. */
  readonly pending: ReadonlyMap<string, string>
  /** Folders that we created, and may remove once they are empty. */
  readonly folders: ReadonlySet<string>
  /** Some or all of it could not be read, so a file without an entry is not known to be new. */
  readonly damaged: boolean
}

/** What is so for most files; their lines leave it out. */
const RARE = { mode: 0o644, movedTo: null, shared: false, companionOf: null } as const

type StoredEntry = Omit<LockEntry, 'path' | keyof typeof RARE> & Partial<LockEntry>

interface Line {
  readonly path: string
  readonly file?: StoredEntry
  readonly pending?: string
  readonly folder?: true
}

export function emptyLock(createMlops: string, options: { damaged?: boolean } = {}): Lock {
  return {
    createMlops,
    files: new Map(),
    pending: new Map(),
    folders: new Set(),
    damaged: options.damaged ?? false,
  }
}

export function packText(content: Uint8Array): string {
  return deflateRawSync(content).toString('base64')
}

/** The pristine bytes of a managed file as they were last rendered. */
export function pristineOf(entry: LockEntry): Uint8Array | null {
  return entry.packed === null ? null : inflateRawSync(Buffer.from(entry.packed, 'base64'))
}

/** The text of mlops.lock: a header, then one line a path, sorted, so that git can merge it. */
export function renderLock(lock: Lock): string {
  const paths = new Set([...lock.files.keys(), ...lock.pending.keys(), ...lock.folders])
  const header = JSON.stringify({ format: FORMAT, createMlops: lock.createMlops })
  const lines = [...paths].sort().map((path) => renderLine(lineOf(lock, path)))
  return `${[header, ...lines].join('\n')}\n`
}

/**
 * Reads mlops.lock. A line that was damaged, edited by hand or that names a place outside the project is left
 * out and marks the lock as `damaged`: without a base nothing is overwritten.
 *
 * @throws KnownError when git left conflict markers in it, or when a newer create-mlops wrote it
 */
export function parseLock(text: string): Lock {
  if (/^<{7} /m.test(text)) throw unmerged()
  const [header = '', ...rest] = text.split(/\r?\n/).filter((line) => line !== '')
  const createMlops = versionOf(header)
  if (createMlops === null) return emptyLock('', { damaged: true })
  const lines = rest.map(parseLine)
  return collect(
    createMlops,
    lines.filter((line) => line !== null),
    lines.includes(null),
  )
}

function lineOf(lock: Lock, path: string): Line {
  const entry = lock.files.get(path)
  const pending = lock.pending.get(path)
  return {
    path,
    ...(entry === undefined ? {} : { file: storedEntry(entry) }),
    ...(pending === undefined ? {} : { pending }),
    ...(lock.folders.has(path) ? { folder: true as const } : {}),
  }
}

function storedEntry({ path: _, mode, movedTo, shared, companionOf, ...always }: LockEntry): StoredEntry {
  return {
    ...always,
    ...(mode === RARE.mode ? {} : { mode }),
    ...(movedTo === null ? {} : { movedTo }),
    ...(shared ? { shared } : {}),
    ...(companionOf === null ? {} : { companionOf }),
  }
}

function collect(createMlops: string, lines: readonly Line[], isDamaged: boolean): Lock {
  const files = new Map<string, LockEntry>()
  const pending = new Map<string, string>()
  const folders = new Set<string>()
  for (const { path, file, pending: declined, folder } of lines) {
    if (file !== undefined) files.set(path, { ...RARE, ...file, path })
    if (declined !== undefined) pending.set(path, declined)
    if (folder) folders.add(path)
  }
  const hasTwice = new Set(lines.map((line) => line.path)).size < lines.length
  return { createMlops, files, pending, folders, damaged: isDamaged || hasTwice }
}

/** A line carries a check sum of itself: a base that was edited by hand would let us overwrite real edits. */
function renderLine(line: Line): string {
  const { path, ...rest } = line
  return JSON.stringify({ path, check: checkOf(line), ...rest })
}

function parseLine(text: string): Line | null {
  const parsed = parseObject(text)
  if (parsed === null) return null
  const { check, ...line } = parsed
  if (check !== checkOf(line)) return null
  const { path, file } = line as unknown as Line
  const places = [path, file?.movedTo ?? path, file?.companionOf ?? path]
  return places.every(isSafePath) ? (line as unknown as Line) : null
}

function checkOf(line: object): string {
  return hashOf(JSON.stringify(line)).slice(0, 16)
}

function versionOf(header: string): string | null {
  const parsed = parseObject(header)
  if (typeof parsed?.createMlops !== 'string' || typeof parsed.format !== 'number') return null
  if (parsed.format > FORMAT) throw tooNew(parsed.createMlops)
  return parsed.createMlops
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function unmerged(): KnownError {
  return new KnownError(`${LOCK_FILE} holds conflict markers of an unfinished git merge`, {
    hint: `Keep one line for each path in ${LOCK_FILE}, from either side, then run the command again.`,
  })
}

function tooNew(version: string): KnownError {
  return new KnownError(`${LOCK_FILE} was written by create-mlops ${version}, which is newer than this one`, {
    hint: `Run that version: npx create-mlops@${version}`,
  })
}
