import { hashOf } from '../project/hash.ts'
import type { Change, FileImage, MarkerSides } from './change.ts'
import type { DiskFile } from './disk.ts'
import {
  type Decision,
  decision,
  entryOf,
  type Item,
  imageOf,
  type Situation,
  subjectOf,
  templateImage,
  type WantedItem,
} from './item.ts'
import { mergedMode } from './mode.ts'

export function create(item: WantedItem, reason: string): Decision {
  const change: Change = {
    kind: 'create',
    ...subjectOf(item, reason),
    before: null,
    after: templateImage(item),
  }
  return decision({ entry: entryOf(item), change })
}

/** The template's text is in the file already, or the file keeps its own: at most the executable bit is missing. */
export function keepText(item: WantedItem, yours: DiskFile, situation: Situation): Decision {
  const after = { ...imageOf(yours), mode: modeFor(item, yours, situation) }
  return rewrite(item, yours, after, 'the template made it executable')
}

/** Replaces a file's bytes or mode, whatever of it differs. */
export function rewrite(item: WantedItem, yours: DiskFile, after: FileImage, reason: string): Decision {
  const before = imageOf(yours)
  const entry = entryOf(item)
  const hasSameText = before.hash === after.hash
  if (hasSameText && before.mode === after.mode) return decision({ entry })
  const kind = hasSameText ? 'mode' : 'update'
  return decision({ entry, change: { kind, ...subjectOf(item, reason), before, after } })
}

/** Writes a text that holds both sides, in the place of the user's file or of the one it was renamed from. */
export function writeMerged(
  item: WantedItem,
  yours: DiskFile,
  after: FileImage,
  options: { reason: string; markers?: MarkerSides; shared?: boolean },
): Decision {
  const before = imageOf(yours)
  const entry = entryOf(item, options)
  const subject = subjectOf(item, options.reason)
  const markers = options.markers ?? null
  if (item.at !== item.target)
    return decision({ entry, change: { kind: 'rename', ...subject, from: item.at, before, after, markers } })
  if (after.hash === before.hash) return rewrite(item, yours, after, options.reason)
  return decision({ entry, change: { kind: 'merge', ...subject, before, after, markers } })
}

export function keep(item: Item, before: FileImage | null, reason: string): Change {
  return { kind: 'keep', ...subjectOf(item, reason), before, after: null }
}

/** The user's mode, with the executable bit where the template adds it. */
export function modeFor(item: WantedItem, yours: DiskFile, { disk }: Situation): number {
  return disk.hasModes ? mergedMode(item.base?.mode ?? null, yours.mode, item.theirs.mode) : yours.mode
}

export function textImage(text: string, mode: number): FileImage {
  const content = Buffer.from(text, 'utf8')
  return { content, hash: hashOf(content), mode }
}
