import { type LockEntry, packText } from '../project/lock.ts'
import type { RenderedFile } from '../render/tree.ts'
import type { Answer, Change, FileImage } from './change.ts'
import type { DiskFile, DiskView } from './disk.ts'
import { isExecutable } from './mode.ts'

/** One generated file: as it was last rendered, as it is rendered now, and where the user has it. */
export interface Item {
  /** Where the user's file is. */
  readonly at: string
  /** Where the result goes; differs from `at` when a layer renames the file. */
  readonly target: string
  readonly base: LockEntry | null
  readonly theirs: RenderedFile | null
  /** Of `theirs`; empty without it. */
  readonly theirsHash: string
}

/** An item that the new rendering has. */
export type WantedItem = Item & { readonly theirs: RenderedFile }

/** A wanted item that the last rendering had too. */
export type KnownItem = WantedItem & { readonly base: LockEntry }

/**
 * Merges a file by what its text means (entries of an ignore file, tables of a TOML file). `base` is null when both
 * sides added the file; null as the result is no opinion.
 */
export type FormatMerge = (
  path: string,
  base: string | null,
  yours: string,
  theirs: string,
) => FormatResult | string | null

export interface FormatResult {
  readonly text: string
  /** Files that the text refers to, and that are generated with it. */
  readonly extra?: readonly { readonly path: string; readonly text: string }[]
}

export interface Situation {
  readonly disk: DiskView
  /** The lock is lost or damaged: a file without an entry may be ours, edited since. */
  readonly isBaseLost: boolean
  readonly formatMerge: FormatMerge
  /** The answer to a conflict over this file; null leaves the conflict open. */
  answerTo(item: WantedItem): Answer | null
  /** What the user said about this very file. */
  saidAbout(path: string): Answer | null
  isRestored(path: string): boolean
}

/** What happens to one file, and what the lock remembers of it. */
export interface Decision {
  readonly change: Change | null
  readonly entry: LockEntry | null
  /** The hash of the template's text that was not taken. */
  readonly pending: string | null
  /** Files that were split off this one. */
  readonly companions: readonly RenderedFile[]
}

const NOTHING: Decision = { change: null, entry: null, pending: null, companions: [] }

export function decision(parts: Partial<Decision>): Decision {
  return { ...NOTHING, ...parts }
}

/** What the lock remembers once the new rendering is taken. */
export function entryOf(item: WantedItem, options: { shared?: boolean } = {}): LockEntry {
  const { base, theirs, theirsHash, at, target } = item
  const isMoved = at === target && at !== theirs.path
  return {
    path: theirs.path,
    ownership: theirs.ownership,
    layer: theirs.layer,
    mode: theirs.mode,
    hash: theirsHash,
    packed: theirs.ownership === 'yours' ? null : packedText(base, theirs, theirsHash),
    movedTo: isMoved ? target : null,
    shared: options.shared ?? base?.shared ?? false,
    companionOf: base?.companionOf ?? null,
  }
}

/** The fields that every change of an item has. */
export function subjectOf(item: Item, reason: string) {
  const origin = item.theirs ?? item.base
  if (origin === null) throw new Error(`${item.target} is neither in the lock nor rendered`)
  return { path: item.target, layer: origin.layer, ownership: origin.ownership, reason }
}

export function imageOf(file: DiskFile): FileImage {
  return { content: file.content(), hash: file.hash(), mode: file.mode }
}

export function templateImage(item: WantedItem): FileImage {
  return { content: item.theirs.content, hash: item.theirsHash, mode: item.theirs.mode }
}

/** Whether a file is byte for byte, and executable or not, as it was last rendered. */
export function isUntouched(base: LockEntry, yours: DiskFile, disk: DiskView): boolean {
  const hasSameMode = !disk.hasModes || isExecutable(base.mode) === isExecutable(yours.mode)
  return hasSameMode && yours.hash() === base.hash
}

/** Packing is slow, so a text that is in the lock already is not packed again. */
function packedText(base: LockEntry | null, theirs: RenderedFile, theirsHash: string): string {
  const isPacked = base !== null && base.hash === theirsHash && base.packed !== null
  return isPacked ? base.packed : packText(theirs.content)
}
