import type { Stats } from 'node:fs'
import type { Fingerprint } from '../plan/operations.ts'
import { unlessMissing } from '../project/file-system.ts'
import { hashOfFile } from '../project/hash.ts'
import { parentsOf } from '../project/paths.ts'
import { absolute, type Place } from './place.ts'

/** Whether exactly this file is at a path, or nothing for null; a link or a folder is never it. */
export function isThere(place: Place, path: string, expected: Fingerprint | null): boolean {
  if (hasLinkedParent(place, path)) return false
  const found = statusOf(place, absolute(place, path))
  return found === null || expected === null ? found === expected : isFile(place, path, found, expected)
}

/** Whether two names lead to one file. */
export function isSameFile(place: Place, one: string, other: string): boolean {
  const [first, second] = [statusOf(place, one), statusOf(place, other)]
  return first !== null && second !== null && first.ino === second.ino && first.dev === second.dev
}

/** Whether nobody has written to a file between two looks at it. */
export function isSameVersion(earlier: Stats | null, later: Stats | null): boolean {
  return (
    earlier !== null &&
    later !== null &&
    earlier.ino === later.ino &&
    earlier.size === later.size &&
    earlier.mtimeMs === later.mtimeMs
  )
}

export function statusOf({ fs }: Place, file: string): Stats | null {
  return unlessMissing(() => fs.lstatSync(file))
}

/** A parent that is a symlink could lead out of the project. */
function hasLinkedParent(place: Place, path: string): boolean {
  return parentsOf(path).some((parent) => statusOf(place, absolute(place, parent))?.isSymbolicLink())
}

function isFile(place: Place, path: string, found: Stats, expected: Fingerprint): boolean {
  return (
    found.isFile() &&
    (found.mode & 0o7777) === expected.mode &&
    hashOfFile(place.fs, absolute(place, path)) === expected.hash
  )
}
