import { hashOf } from '../project/hash.ts'
import type { Lock, LockEntry } from '../project/lock.ts'
import type { RenderedFile, Tree } from '../render/tree.ts'
import type { DiskView } from './disk.ts'
import type { WantedItem } from './item.ts'

type PathMap = ReadonlyMap<string, string>

/** Pairs each file of the new rendering with what the lock knows of it, under its old name too. */
export function wantedItems(
  base: Lock,
  theirs: Tree,
  disk: DiskView,
  names: { renames: PathMap; moves: PathMap },
): WantedItem[] {
  const oldNames = oldNamesOf(base, theirs, names.renames)
  return [...theirs.values()].map((file) => {
    const entry = base.files.get(oldNames.get(file.path) ?? file.path) ?? null
    return wantedItem(file, entry, disk, names.moves)
  })
}

export function wantedItem(
  file: RenderedFile,
  base: LockEntry | null,
  disk: DiskView,
  moves: PathMap = new Map(),
): WantedItem {
  const known = { base, theirs: file, theirsHash: file.hash ?? hashOf(file.content) }
  if (base === null) return { ...known, at: file.path, target: file.path }
  const movedTo = moves.get(base.path) ?? base.movedTo
  const isMoved = movedTo !== null && disk.at(base.path).kind === 'absent'
  return isMoved ? { ...known, at: movedTo, target: movedTo } : { ...known, at: base.path, target: file.path }
}

/** What the lock has and the new rendering has not, under any name. */
export function droppedEntries(base: Lock, theirs: Tree, renames: PathMap): LockEntry[] {
  const renamed = new Set(oldNamesOf(base, theirs, renames).values())
  return [...base.files.values()].filter(
    (entry) => !theirs.has(entry.path) && !renamed.has(entry.path) && !isCompanion(entry, theirs),
  )
}

/** A file that was split off another one stays as long as that one does, though no layer has it. */
export function isCompanion(entry: LockEntry, theirs: Tree): boolean {
  return entry.companionOf !== null && theirs.has(entry.companionOf)
}

/** The old name, by the new one, of each file that this move renames. */
function oldNamesOf(base: Lock, theirs: Tree, renames: PathMap): Map<string, string> {
  const applying = [...renames].filter(
    ([from, to]) => base.files.has(from) && !theirs.has(from) && theirs.has(to) && !base.files.has(to),
  )
  return new Map(applying.map(([from, to]) => [to, from]))
}
