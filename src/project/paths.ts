/** The folder in a project that holds our transactions and the copies that `undo` needs; git ignores it. */
export const STATE_FOLDER = '.create-mlops'

/**
 * Whether a path from a state file, a journal or a template names a place inside the project where we may write.
 * Such paths are data that somebody could have edited, so everything that can lead elsewhere is refused.
 */
export function isSafePath(path: string): boolean {
  if (path === '' || path.includes('\\') || path.includes('\0') || /^[A-Za-z]:/.test(path)) return false
  return path.split('/').every(isSafeSegment)
}

/** The folders that lead to a path, outermost first: `a/b/c` gives `a` and `a/b`. */
export function parentsOf(path: string): string[] {
  const segments = path.split('/').slice(0, -1)
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'))
}

/** The folder of a path; the project itself is the empty path. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0))
}

/** What a path is called on a file system that ignores case and Unicode normal forms. */
export function foldCase(path: string): string {
  return path.normalize('NFC').toLowerCase()
}

function isSafeSegment(segment: string): boolean {
  const reserved = ['', '.', '..', '.git', STATE_FOLDER]
  return !reserved.includes(foldCase(segment))
}
