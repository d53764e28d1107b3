import type { LockEntry } from '../project/lock.ts'
import { conflictOver, settle } from './conflict.ts'
import type { DiskEntry, DiskFile } from './disk.ts'
import {
  type Decision,
  decision,
  entryOf,
  type Item,
  imageOf,
  isUntouched,
  type KnownItem,
  type Situation,
  subjectOf,
  templateImage,
  type WantedItem,
} from './item.ts'
import { mergeSides, takeOut } from './merge-file.ts'
import { withExecutable } from './mode.ts'
import { create, keep, keepText, modeFor, rewrite, textImage } from './outcome.ts'
import { decideRenamed } from './rename.ts'

/** What happens to a file that the new rendering no longer has. */
export function decideDropped(base: LockEntry, situation: Situation): Decision {
  const at = base.movedTo ?? base.path
  const item: Item = { at, target: at, base, theirs: null, theirsHash: '' }
  const yours = situation.disk.at(at)
  if (yours.kind === 'absent' || yours.kind === 'blocked') return decision({})
  if (yours.kind !== 'file')
    return decision({ change: keep(item, null, `no longer generated; a ${yours.kind} is there now`) })
  if (!isUntouched(base, yours, situation.disk)) return dropEdited(item, base, yours, situation)
  const reason = 'no longer part of this level and stack; you have not changed it'
  const change = { kind: 'delete' as const, ...subjectOf(item, reason), before: imageOf(yours), after: null }
  return decision({ change })
}

/** What happens to a file that the new rendering has. */
export function decideWanted(item: WantedItem, situation: Situation): Decision {
  if (item.base === null) return decideAdded(item, situation)
  const { base, target } = item
  const isToRename = item.at !== target && situation.disk.at(item.at).kind !== 'absent'
  if (isToRename) return decideRenamed({ ...item, base }, situation)
  const known: KnownItem = { ...item, base, at: target }
  const yours = situation.disk.at(target)
  if (yours.kind === 'absent') return decideDeleted(known, situation)
  if (isSameRendering(known)) return decideUnchanged(known, yours, situation)
  if (yours.kind !== 'file') return settle(known, conflictOver(yours), situation)
  return decideChanged(known, yours, situation)
}

function dropEdited(item: Item, base: LockEntry, yours: DiskFile, situation: Situation): Decision {
  const before = imageOf(yours)
  const rest = base.shared ? takeOut(base, yours, situation.formatMerge) : null
  if (rest === null)
    return decision({
      change: keep(item, before, 'no longer generated; it has changes of yours, so it stays'),
    })
  const subject = subjectOf(item, 'what had been added to your file is taken out again')
  const after = textImage(rest, yours.mode)
  return decision({ change: { kind: 'merge', ...subject, before, after, markers: null } })
}

function decideAdded(item: WantedItem, situation: Situation): Decision {
  const yours = situation.disk.at(item.target)
  if (yours.kind === 'absent' && yours.twin === null) return create(item, 'new at this level and stack')
  if (yours.kind !== 'file') return settle(item, conflictOver(yours), situation)
  return yours.hash() === item.theirsHash
    ? keepText(item, yours, situation)
    : mergeSides(item, yours, situation)
}

function decideDeleted(item: KnownItem, situation: Situation): Decision {
  if (situation.isRestored(item.target)) return create(item, 'restored, as you asked')
  const isOutdated = !isSameRendering(item)
  const reason = isOutdated ? 'you deleted it; the template has changed since' : 'you deleted it'
  const change = {
    kind: 'stay-deleted' as const,
    ...subjectOf(item, reason),
    before: null,
    after: null,
    isOutdated,
  }
  return decision({ entry: item.base, change })
}

/** The template's text is as it was, so whatever the user did to the file is right. */
function decideUnchanged(item: KnownItem, yours: DiskEntry, situation: Situation): Decision {
  const entry = entryOf(item)
  if (yours.kind !== 'file' || isUntouched(item.base, yours, situation.disk)) return decision({ entry })
  return decision({
    entry,
    change: keep(item, imageOf(yours), 'has changes of yours; the template has none'),
  })
}

function decideChanged(item: KnownItem, yours: DiskFile, situation: Situation): Decision {
  const { base, theirs, theirsHash } = item
  const yourHash = yours.hash()
  if (isUntouched(base, yours, situation.disk)) return updateUntouched(item, yours, situation)
  if (yourHash === theirsHash) return keepText(item, yours, situation)
  if (theirs.ownership === 'yours') return leaveToUser(item, yours, situation)
  if (theirsHash === base.hash) return keepText(item, yours, situation)
  if (yourHash !== base.hash) return mergeSides(item, yours, situation)
  const after = { ...templateImage(item), mode: modeFor(item, yours, situation) }
  return rewrite(item, yours, after, 'the template changed it; only its mode is yours')
}

/** A file of the user's is written once. Only another option's file takes the place of one that nobody edited. */
function updateUntouched(item: KnownItem, yours: DiskFile, situation: Situation): Decision {
  const { base, theirs } = item
  if (theirs.ownership === 'yours' && base.layer === theirs.layer) return leaveToUser(item, yours, situation)
  const mode = situation.disk.hasModes ? withExecutable(yours.mode, theirs.mode === 0o755) : yours.mode
  return rewrite(item, yours, { ...templateImage(item), mode }, 'the template changed it, you have not')
}

function leaveToUser(item: KnownItem, yours: DiskFile, situation: Situation): Decision {
  const after = templateImage(item)
  if (situation.saidAbout(item.target) === 'theirs')
    return rewrite(item, yours, { ...after, mode: yours.mode }, "the template's version, as you answered")
  const subject = subjectOf(item, 'yours since it was created; the template has changed since')
  const change = { kind: 'pending' as const, ...subject, before: imageOf(yours), after }
  return decision({ entry: item.base, pending: item.theirsHash, change })
}

function isSameRendering({ base, theirs, theirsHash }: KnownItem): boolean {
  return base.hash === theirsHash && base.mode === theirs.mode
}
