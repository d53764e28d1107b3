import type { Answer, Change } from './change.ts'
import type { DiskView } from './disk.ts'

/** A file of the user's, of any size, that the project is to have a copy of. */
export interface Copy {
  readonly path: string
  /** Absolute. */
  readonly from: string
}

/** Copies are never loaded, and never put in the place of another file; nothing happens where they are already. */
export function planCopy(
  { path, from }: Copy,
  disk: DiskView,
  answerTo: (path: string) => Answer | null,
): Change | null {
  const subject = { path, layer: 'data', ownership: 'yours' as const }
  const yours = disk.at(path)
  if (yours.kind === 'absent' && yours.twin === null)
    return { kind: 'copy', ...subject, reason: `a copy of ${from}`, from, before: null, after: null }
  if (yours.kind === 'file' && disk.isCopyOf(path, from)) return null
  if (answerTo(path) === 'mine')
    return { kind: 'keep', ...subject, reason: 'yours stays', before: null, after: null }
  return {
    kind: 'conflict',
    conflict: 'copy',
    ...subject,
    reason: `you have something else there than ${from}`,
    base: null,
    before: null,
    after: null,
    answers: ['mine'],
  }
}
