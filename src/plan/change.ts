import type { Ownership } from '../render/tree.ts'

/** A file as it is, or as it is going to be. */
export interface FileImage {
  /** Null where a file is too large to be held in memory; `hash` still tells it apart. */
  readonly content: Uint8Array | null
  readonly hash: string
  /** Permission bits. */
  readonly mode: number
}

/** What may be answered to a conflict: keep the user's file, take the template's, or write both with markers. */
export type Answer = 'mine' | 'theirs' | 'markers'

export type ConflictKind =
  | 'both-changed'
  | 'both-added'
  /** mlops.lock is lost or damaged, so nobody knows whether the user changed the file. */
  | 'base-unknown'
  | 'binary'
  /** A symlink, a folder or a special file is where the file belongs. */
  | 'not-a-file'
  /** A parent of the path is a symlink or a file. */
  | 'blocked'
  /** Another file has the same name but for upper and lower case. */
  | 'case-twin'
  /** The conflict markers of an earlier run are still in the file. */
  | 'unresolved'
  /** A large file of the user's, which differs from the one to be copied. */
  | 'copy'

interface Subject {
  /** Where the change happens. */
  readonly path: string
  /** The layer the file comes from, or came from. */
  readonly layer: string
  readonly ownership: Ownership
  /** One line for people. */
  readonly reason: string
}

interface Written extends Subject {
  readonly before: FileImage
  readonly after: FileImage
}

export type Change =
  | (Subject & { readonly kind: 'create'; readonly before: null; readonly after: FileImage })
  | (Written & { readonly kind: 'update' })
  /** Both sides are in `after`. With `markers` it is for the user to resolve. */
  | (Written & { readonly kind: 'merge'; readonly markers: MarkerSides | null })
  /** Only the executable bit. */
  | (Written & { readonly kind: 'mode' })
  | (Written & { readonly kind: 'rename'; readonly from: string; readonly markers: MarkerSides | null })
  | (Subject & { readonly kind: 'delete'; readonly before: FileImage; readonly after: null })
  /** A large file of the user's is copied into the project; `from` is absolute. */
  | (Subject & { readonly kind: 'copy'; readonly from: string; readonly before: null; readonly after: null })
  /** The user's file stays as it is. */
  | (Subject & { readonly kind: 'keep'; readonly before: FileImage | null; readonly after: null })
  /** The user's file stays as it is; the template's text was not taken and is offered again. */
  | (Subject & { readonly kind: 'pending'; readonly before: FileImage | null; readonly after: FileImage })
  /** The user deleted the file. `isOutdated`: the template has changed since, see `restore`. */
  | (Subject & {
      readonly kind: 'stay-deleted'
      readonly before: null
      readonly after: null
      readonly isOutdated: boolean
    })
  | Conflict

export interface Conflict extends Subject {
  readonly kind: 'conflict'
  readonly conflict: ConflictKind
  readonly base: Uint8Array | null
  readonly before: FileImage | null
  /** What the template would have there. */
  readonly after: FileImage | null
  /** What can be answered to it; without one the user has to make room first. */
  readonly answers: readonly Answer[]
}

/** The three texts behind a file with markers, for git's index; null where a side does not have the file. */
export interface MarkerSides {
  readonly base: Uint8Array | null
  readonly yours: Uint8Array
  readonly theirs: Uint8Array
}
