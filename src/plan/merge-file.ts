import { type LockEntry, pristineOf } from '../project/lock.ts'
import type { RenderedFile } from '../render/tree.ts'
import { conflictOf, settle } from './conflict.ts'
import type { DiskFile } from './disk.ts'
import type { Decision, FormatMerge, FormatResult, Situation, WantedItem } from './item.ts'
import { hasMarkers, mergeText } from './merge.ts'
import { modeFor, textImage, writeMerged } from './outcome.ts'
import { decodeText } from './text.ts'

interface Texts {
  /** Null when both sides added the file, or when nobody knows what was generated before. */
  readonly base: string | null
  readonly yours: string
  readonly theirs: string
}

/** Merges what the user and the template have in one file: by lines, by its format, else it is a conflict. */
export function mergeSides(item: WantedItem, yours: DiskFile, situation: Situation): Decision {
  const texts = textsOf(item, yours)
  if (texts === null) return settle(item, conflictOf('binary', yours), situation)
  if (hasMarkers(texts.yours)) return settle(item, conflictOf('unresolved', yours), situation)
  const byLine = mergeText(texts.base ?? '', texts.yours, texts.theirs)
  const lines = texts.base === null ? null : byLine.clean
  const format = lines !== null && !item.base?.shared ? null : mergeFormat(item, texts, situation)
  if (format !== null) return writeFormat(item, yours, format, situation)
  if (lines !== null) return writeLines(item, yours, lines, situation)
  return settle(item, conflictOf(kindOf(item, texts, situation), yours, byLine.marked), situation)
}

/** Takes what was added to a file of the user's out again; null where that is not certain, or nothing is left. */
export function takeOut(base: LockEntry, yours: DiskFile, formatMerge: FormatMerge): string | null {
  const before = decodeContent(pristineOf(base))
  const mine = decodeContent(yours.content())
  if (before === null || mine === null) return null
  const result = formatMerge(base.path, before, mine, '')
  if (result === null) return null
  const { text } = resultOf(result)
  return text.trim() === '' || text === mine ? null : text
}

/** A file that has been merged by its format once has little in common with the template's: it is merged so again. */
function mergeFormat(item: WantedItem, texts: Texts, situation: Situation): FormatResult | null {
  if (texts.base === null && isUnknown(item, situation)) return null
  const result = situation.formatMerge(item.theirs.path, texts.base, texts.yours, texts.theirs)
  return result === null ? null : resultOf(result)
}

function writeLines(item: WantedItem, yours: DiskFile, text: string, situation: Situation): Decision {
  const after = textImage(text, modeFor(item, yours, situation))
  const renamed = item.at === item.target ? '' : `renamed from ${item.at}; `
  return writeMerged(item, yours, after, { reason: `${renamed}your changes and the template's, merged` })
}

function writeFormat(
  item: WantedItem,
  yours: DiskFile,
  result: FormatResult,
  situation: Situation,
): Decision {
  const after = textImage(result.text, modeFor(item, yours, situation))
  const shared = item.base === null || item.base.shared
  const written = writeMerged(item, yours, after, { reason: "the template's part is added to yours", shared })
  return { ...written, companions: (result.extra ?? []).map((extra) => companionOf(item.theirs, extra)) }
}

function companionOf(owner: RenderedFile, extra: { path: string; text: string }): RenderedFile {
  const { layer, ownership } = owner
  return { path: extra.path, content: Buffer.from(extra.text, 'utf8'), mode: 0o644, ownership, layer }
}

function kindOf(item: WantedItem, texts: Texts, situation: Situation) {
  if (texts.base !== null) return 'both-changed'
  return isUnknown(item, situation) ? 'base-unknown' : 'both-added'
}

function isUnknown(item: WantedItem, { isBaseLost }: Situation): boolean {
  return item.base !== null || isBaseLost
}

function textsOf(item: WantedItem, yours: DiskFile): Texts | null {
  const pristine = item.base === null ? null : pristineOf(item.base)
  const base = decodeContent(pristine)
  const mine = decodeContent(yours.content())
  const theirs = decodeText(item.theirs.content)
  const isBaseBinary = pristine !== null && base === null
  return mine === null || theirs === null || isBaseBinary ? null : { base, yours: mine, theirs }
}

function decodeContent(content: Uint8Array | null): string | null {
  return content === null ? null : decodeText(content)
}

function resultOf(result: FormatResult | string): FormatResult {
  return typeof result === 'string' ? { text: result } : result
}
