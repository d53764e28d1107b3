import { posix } from 'node:path'
import { foldCase, folderOf } from '../project/paths.ts'
import { conflictOver, settle } from './conflict.ts'
import type { DiskEntry, DiskFile, DiskView } from './disk.ts'
import { type Decision, imageOf, isUntouched, type KnownItem, type Situation, templateImage } from './item.ts'
import { mergeSides } from './merge-file.ts'
import { withExecutable } from './mode.ts'
import { writeMerged } from './outcome.ts'

/** A layer renamed the file: the user's text, merged, goes to the new place, and the old one is removed after it. */
export function decideRenamed(item: KnownItem, situation: Situation): Decision {
  const yours = situation.disk.at(item.at)
  const there = placeFor(item, situation.disk)
  if (yours.kind !== 'file') return settle(item, conflictOver(yours), situation)
  if (there.kind === 'file') return settle(item, occupied(item), situation)
  if (there.kind !== 'absent' || there.twin !== null) return settle(item, conflictOver(there), situation)
  if (item.theirs.ownership === 'yours') return move(item, yours, imageOf(yours))
  if (!isUntouched(item.base, yours, situation.disk)) return mergeSides(item, yours, situation)
  const mode = situation.disk.hasModes ? withExecutable(yours.mode, item.theirs.mode === 0o755) : yours.mode
  return move(item, yours, { ...templateImage(item), mode })
}

function move(item: KnownItem, yours: DiskFile, after: ReturnType<typeof imageOf>): Decision {
  return writeMerged(item, yours, after, { reason: `renamed from ${item.at}` })
}

function occupied(item: KnownItem) {
  const reason = `it is the new name of ${item.at}, and you have a file of your own there`
  return { kind: 'not-a-file' as const, reason, yours: null, marked: null }
}

/** A disk that ignores case shows the old file under the new name too, so only the listing tells. */
function placeFor({ at, target }: KnownItem, disk: DiskView): DiskEntry {
  const there = disk.at(target)
  if (foldCase(at) !== foldCase(target)) return there
  const isListed = disk.names(folderOf(target)).includes(posix.basename(target))
  return isListed ? there : { kind: 'absent', twin: null }
}
