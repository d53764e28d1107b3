import type { Stats } from 'node:fs'
import type { Fingerprint } from '../plan/operations.ts'
import { unlessMissing } from '../project/file-system.ts'
import { hashOfFile } from '../project/hash.ts'
import { parentsOf } from '../project/paths.ts'
import { absolute, type Place } from './place.ts'

/** What is at a path: a file, nothing, or something else, as a link or a folder, which is never what we wrote. */
export type Found = Fingerprint | null | 'something else'

export function lookAt(place: Place, path: string): Found {
  if (hasLinkedParent(place, path)) return 'something else'
  const file = absolute(place, path)
  const found = statusOf(place, file)
  if (found === null) return null
  if (!found.isFile()) return 'something else'
  return { hash: hashOfFile(place.fs, file), mode: found.mode & 0o7777 }
}

export function isSame(found: Found, expected: Fingerprint | null): boolean {
  if (found === 'something else') return false
  return found?.hash === expected?.hash && found?.mode === expected?.mode
}

/** Whether exactly this file is at a path, or nothing for null. */
export function isThere(place: Place, path: string, expected: Fingerprint | null): boolean {
  return isSame(lookAt(place, path), expected)
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
