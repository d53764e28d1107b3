import { posix } from 'node:path'
import { parentsOf } from '../project/paths.ts'
import type { DiskEntry, DiskView } from './disk.ts'

/** The disk with room made by the files which go: one can become a folder, and a folder of ours a file. */
export function withoutFiles(disk: DiskView, ours: ReadonlySet<string>, gone: ReadonlySet<string>): DiskView {
  const isOurs = (folder: string) => ours.has(folder)
  const isGone = (path: string) =>
    gone.has(path) || (isOurs(path) && isOnly(disk, path, (file) => gone.has(file), isOurs))
  const at = (path: string): DiskEntry => {
    const entry = disk.at(path)
    const obstacle = obstacleAt(path, entry)
    return obstacle !== null && isGone(obstacle) ? { kind: 'absent', twin: null } : entry
  }
  return { ...disk, at }
}

/** The folders that have to be made for these files. */
export function missingFolders(disk: DiskView, created: Iterable<string>): Set<string> {
  const missing = new Set<string>()
  for (const path of created)
    for (const parent of parentsOf(path)) if (disk.at(parent).kind !== 'folder') missing.add(parent)
  return missing
}

/** The folders of ours that hold nothing but files which go, innermost first. */
export function emptiedFolders(
  disk: DiskView,
  ours: ReadonlySet<string>,
  gone: ReadonlySet<string>,
  created: ReadonlySet<string>,
): string[] {
  const touched = new Set([...gone].flatMap(parentsOf))
  const used = new Set([...created].flatMap(parentsOf))
  const isOurs = (folder: string) => ours.has(folder) && !used.has(folder)
  const isEmptied = (folder: string): boolean =>
    isOurs(folder) && isOnly(disk, folder, (path) => gone.has(path), isOurs)
  return [...touched].filter(isEmptied).sort((one, other) => other.length - one.length)
}

/** What keeps a file from being created at a path, though no file is there. */
function obstacleAt(path: string, entry: DiskEntry): string | null {
  switch (entry.kind) {
    case 'absent':
      return entry.twin
    case 'blocked':
      return entry.by
    case 'folder':
      return path
    default:
      return null
  }
}

/** Whether a folder holds something, and nothing below it but files of a kind, in folders of a kind. */
function isOnly(
  disk: DiskView,
  folder: string,
  isFile: (path: string) => boolean,
  isFolder: (path: string) => boolean,
): boolean {
  const names = disk.names(folder)
  return (
    names.length > 0 &&
    names.every((name) => {
      const path = posix.join(folder, name)
      return isFile(path) || (isFolder(path) && isOnly(disk, path, isFile, isFolder))
    })
  )
}
