import { posix } from 'node:path'
import { parentsOf } from '../project/paths.ts'
import type { DiskEntry, DiskView } from './disk.ts'

/** The disk with room made by the files which go: one can become a folder, and a folder of them a file. */
export function withoutFiles(disk: DiskView, gone: ReadonlySet<string>): DiskView {
  const isEmptied = (folder: string) => isOnly(disk, folder, (path) => gone.has(path))
  const at = (path: string): DiskEntry => {
    const entry = disk.at(path)
    const hasRoom =
      (entry.kind === 'blocked' && gone.has(entry.by)) || (entry.kind === 'folder' && isEmptied(path))
    return hasRoom ? { kind: 'absent', twin: null } : entry
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

/** Whether a folder holds something, and nothing below it but files of a kind, in folders of a kind. */
function isOnly(
  disk: DiskView,
  folder: string,
  isFile: (path: string) => boolean,
  isFolder: (path: string) => boolean = () => true,
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
