import { KnownError, usageError } from '../errors.ts'
import { hashOf } from '../project/hash.ts'
import { emptyLock, LOCK_FILE, type Lock, type LockEntry, renderLock } from '../project/lock.ts'
import { isSafePath } from '../project/paths.ts'
import type { Tree } from '../render/tree.ts'
import type { Answer, Change, Conflict, FileImage } from './change.ts'
import { type Copy, planCopy } from './copies.ts'
import { decideDropped, decideWanted } from './decide.ts'
import type { DiskView } from './disk.ts'
import { emptiedFolders, missingFolders, withoutFiles } from './folders.ts'
import { type Decision, type FormatMerge, imageOf, type Situation, type WantedItem } from './item.ts'
import { droppedEntries, isCompanion, wantedItem, wantedItems } from './items.ts'
import { findMoves } from './moves.ts'

export interface MoveInput {
  /** The version of create-mlops that rendered `theirs`. */
  readonly version: string
  /** The lock of the project, or null when it has none because nothing was ever generated there. */
  readonly base: Lock | null
  readonly theirs: Tree
  readonly disk: DiskView
  /** New names of files, by their old ones, that the layers give. */
  readonly renames?: ReadonlyMap<string, string>
  /** Where the user says that generated files have been moved to; others are found by their text. */
  readonly moves?: ReadonlyMap<string, string>
  readonly copies?: readonly Copy[]
  /** What to answer to every conflict; `stop` leaves them open. */
  readonly conflicts?: Answer | 'stop'
  /** What to answer to single conflicts, by path. */
  readonly resolutions?: ReadonlyMap<string, Answer>
  /** Files that the user deleted and wants back. */
  readonly restore?: readonly string[]
  readonly formatMerge?: FormatMerge
}

/** All that is going to happen to a project. With open conflicts it cannot be applied. */
export interface Plan {
  /** Sorted by path; a file to which nothing happens and which the user did not change is left out. */
  readonly changes: readonly Change[]
  readonly conflicts: readonly Conflict[]
  /** The state after the plan, and its file; `before` is null when there is none yet. */
  readonly lock: Lock
  readonly lockFile: { readonly before: FileImage | null; readonly after: FileImage }
  /** Folders that only held files which are deleted, innermost first. */
  readonly emptied: readonly string[]
}

/**
 * Compares the last rendering (`base`), the new one (`theirs`) and the user's files (`disk`), path by path. It writes
 * nothing, and looks at nothing but these paths.
 *
 * @throws KnownError for a path that leads out of the project, and for a `restore` of a file that is not deleted
 */
export function planMove(input: MoveInput): Plan {
  const base = input.base ?? emptyLock(input.version)
  refuseImpossible(input, base)
  const dropped = decideAllDropped(input, base)
  const disk = withoutFiles(input.disk, base.folders, goneIn(dropped))
  const wanted = decideAllWanted({ ...input, disk }, base)
  const answers = (path: string) => answerAbout(input, path)
  const copied = (input.copies ?? []).map((copy) => planCopy(copy, disk, answers))
  const decisions = [...dropped, ...wanted]
  const changes = [...decisions.map(({ change }) => change), ...copied].filter((change) => change !== null)
  return assemble(input, base, decisions, changes.sort(byPath))
}

/** The paths that a plan's changes make, and those that they take away. */
function createdAndGone(changes: readonly Change[]): { created: Set<string>; gone: Set<string> } {
  const created = new Set<string>()
  const gone = new Set<string>()
  for (const change of changes) {
    if (change.kind === 'create' || change.kind === 'copy' || change.kind === 'rename')
      created.add(change.path)
    if (change.kind === 'delete') gone.add(change.path)
    if (change.kind === 'rename') gone.add(change.from)
  }
  return { created, gone }
}

function decideAllDropped(input: MoveInput, base: Lock): Decision[] {
  const situation = situationOf(input, base)
  const entries = droppedEntries(base, input.theirs, input.renames ?? new Map())
  return entries.map((entry) => decideDropped(entry, situation))
}

function decideAllWanted(input: MoveInput, base: Lock): Decision[] {
  const situation = situationOf(input, base)
  const found = findMoves(base, input.theirs, input.disk)
  const names = { renames: input.renames ?? new Map(), moves: new Map([...found, ...(input.moves ?? [])]) }
  const items = wantedItems(base, input.theirs, input.disk, names)
  return items.flatMap((item) => {
    const decided = decideWanted(item, situation)
    return [decided, ...decideCompanions(decided, item, base, situation)]
  })
}

function decideCompanions(owner: Decision, item: WantedItem, base: Lock, situation: Situation): Decision[] {
  return owner.companions.map((file) => {
    const known = base.files.get(file.path) ?? null
    const decided = decideWanted(wantedItem(file, known, situation.disk), situation)
    const entry = decided.entry && { ...decided.entry, companionOf: item.theirs.path }
    return { ...decided, entry }
  })
}

function situationOf(input: MoveInput, base: Lock): Situation {
  return {
    disk: input.disk,
    isBaseLost: base.damaged,
    formatMerge: input.formatMerge ?? (() => null),
    answerTo: (item) => {
      const isDeclined = base.pending.get(item.target) === item.theirsHash
      return answerAbout(input, item.target) ?? (isDeclined ? 'mine' : null)
    },
    saidAbout: (path) => input.resolutions?.get(path) ?? null,
    isRestored: (path) => input.restore?.includes(path) ?? false,
  }
}

function answerAbout({ conflicts, resolutions }: MoveInput, path: string): Answer | null {
  const general = conflicts === undefined || conflicts === 'stop' ? null : conflicts
  return resolutions?.get(path) ?? general
}

function assemble(
  input: MoveInput,
  base: Lock,
  decisions: readonly Decision[],
  changes: readonly Change[],
): Plan {
  const { created, gone } = createdAndGone(changes)
  const emptied = emptiedFolders(input.disk, base.folders, gone, created)
  const remaining = [...base.folders].filter((folder) => input.disk.at(folder).kind === 'folder')
  const folders = new Set([...remaining, ...missingFolders(input.disk, created)])
  for (const folder of emptied) folders.delete(folder)
  const lock: Lock = {
    createMlops: input.version,
    files: filesAfter(input.theirs, base, decisions),
    pending: pendingAfter(decisions),
    folders,
    damaged: false,
  }
  const conflicts = changes.filter((change) => change.kind === 'conflict')
  return { changes, conflicts, lock, lockFile: lockFileOf(lock, input.disk), emptied }
}

function filesAfter(theirs: Tree, base: Lock, decisions: readonly Decision[]): Map<string, LockEntry> {
  const companions = [...base.files.values()].filter((entry) => isCompanion(entry, theirs))
  const decided = decisions.map(({ entry }) => entry).filter((entry) => entry !== null)
  return new Map([...companions, ...decided].map((entry) => [entry.path, entry]))
}

function pendingAfter(decisions: readonly Decision[]): Map<string, string> {
  const pending = new Map<string, string>()
  for (const { change, pending: hash } of decisions)
    if (change !== null && hash !== null) pending.set(change.path, hash)
  return pending
}

function lockFileOf(lock: Lock, disk: DiskView): Plan['lockFile'] {
  const content = Buffer.from(renderLock(lock), 'utf8')
  const there = disk.at(LOCK_FILE)
  const before = there.kind === 'file' ? imageOf(there) : null
  return { before, after: { content, hash: hashOf(content), mode: before?.mode ?? 0o644 } }
}

function goneIn(decisions: readonly Decision[]): Set<string> {
  return createdAndGone(decisions.map(({ change }) => change).filter((change) => change !== null)).gone
}

function byPath(one: Change, other: Change): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0
}

function refuseImpossible(input: MoveInput, base: Lock): void {
  if (input.theirs.size === 0) throw new Error('nothing was rendered')
  const paths = [...input.theirs.keys(), ...(input.copies ?? []).map(({ path }) => path)]
  for (const path of [...paths, ...(input.moves?.values() ?? [])])
    if (!isSafePath(path) || path === LOCK_FILE)
      throw new KnownError(`${JSON.stringify(path)} is no path in the project that can be generated`)
  const lockFile = input.disk.at(LOCK_FILE)
  const isLockPossible = lockFile.kind === 'file' || (lockFile.kind === 'absent' && lockFile.twin === null)
  if (!isLockPossible)
    throw new KnownError(`${LOCK_FILE} is to be a file, and something else is in its place`, {
      hint: 'Move it away and run the command again.',
    })
  for (const path of input.restore ?? []) refuseRestore(path, input, base)
}

function refuseRestore(path: string, { theirs, disk }: MoveInput, base: Lock): void {
  const isDeleted = theirs.has(path) && base.files.has(path) && disk.at(path).kind === 'absent'
  if (!isDeleted)
    throw usageError(
      `there is nothing to restore at ${path}`,
      'Name a generated file that you have deleted, as the plan lists it.',
    )
}
