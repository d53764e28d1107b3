import { posix } from 'node:path'
import { type Lock, type LockEntry, pristineOf } from '../project/lock.ts'
import { STATE_FOLDER } from '../project/paths.ts'
import type { Tree } from '../render/tree.ts'
import type { DiskView } from './disk.ts'

/** Looking for moved files must not read a whole repository: after so many names a file counts as deleted. */
const MOST_NAMES = 2000

const NEVER_ENTERED = new Set([STATE_FOLDER, '.git', '.venv', 'node_modules', '__pycache__'])

/**
 * Finds where the user has moved generated files to: a file with exactly the text that was generated, the only one,
 * at a path where nothing is generated. Looks around only when a generated file is missing.
 */
export function findMoves(base: Lock, theirs: Tree, disk: DiskView): Map<string, string> {
  const missing = [...base.files.values()].filter((entry) => isMissing(entry, theirs, disk))
  const moves = new Map<string, string>()
  if (missing.length === 0) return moves
  const candidates = filesIn(disk).filter((path) => !base.files.has(path) && !theirs.has(path))
  for (const entry of missing) {
    const [found, ...more] = candidates.filter((path) => isText(entry, path, disk))
    if (found !== undefined && more.length === 0) moves.set(entry.path, found)
  }
  return moves
}

/** Empty files are all alike, and those that are the user's are not kept up to date anyway. */
function isMissing(entry: LockEntry, theirs: Tree, disk: DiskView): boolean {
  const isGone = entry.movedTo === null && disk.at(entry.path).kind === 'absent'
  return isGone && theirs.has(entry.path) && pristineLength(entry) > 0
}

function isText(entry: LockEntry, path: string, disk: DiskView): boolean {
  const file = disk.at(path)
  return file.kind === 'file' && file.size === pristineLength(entry) && file.hash() === entry.hash
}

function pristineLength(entry: LockEntry): number {
  return pristineOf(entry)?.length ?? 0
}

/** The files of a project, level by level, until there are too many names. */
function filesIn(disk: DiskView): string[] {
  const files: string[] = []
  const folders = ['']
  let left = MOST_NAMES
  for (const folder of folders) {
    for (const name of disk.names(folder)) {
      if (NEVER_ENTERED.has(name)) continue
      if (left-- === 0) return files
      const path = posix.join(folder, name)
      const { kind } = disk.at(path)
      if (kind === 'folder') folders.push(path)
      if (kind === 'file') files.push(path)
    }
  }
  return files
}
