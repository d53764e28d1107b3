import nodeFs from 'node:fs'
import { EXIT, KnownError } from '../errors.ts'
import type { Operation } from '../plan/operations.ts'
import type { FileSystem } from '../project/file-system.ts'
import { hashOfFile } from '../project/hash.ts'
import type { ApplyOptions, Progress } from './apply.ts'
import { explain, unfinishedBefore } from './failure.ts'
import { committed } from './history.ts'
import { isSame, lookAt } from './inspect.ts'
import { type Journal, oldFile, type Step, type Transaction } from './journal.ts'
import { absolute, exists, type Place } from './place.ts'
import { withLock } from './process-lock.ts'
import { finishUndo, isUnfinished } from './recover.ts'
import { runTransaction } from './run.ts'
import { tidy } from './tidy.ts'

/** What undoing the last apply would do. */
export interface UndoPlan {
  readonly title: string
  readonly at: string
  readonly changes: readonly UndoChange[]
  /** Files that were changed since the apply. */
  readonly conflicts: readonly string[]
}

interface UndoChange {
  readonly path: string
  readonly kind: 'restore' | 'bring back' | 'remove'
  /** The file, absolute, that holds what comes back; null when the path goes. */
  readonly kept: string | null
}

export interface UndoOptions extends Omit<ApplyOptions, 'title'> {
  /** `mine` leaves the files that were changed since as they are, and undoes the rest. */
  readonly conflicts?: 'stop' | 'mine'
}

/**
 * Looks at what undoing the last apply would do, and writes nothing.
 *
 * @throws KnownError when there is nothing to undo, or an earlier run is unfinished
 */
export function planUndo(root: string, fs: FileSystem = nodeFs): UndoPlan {
  return prepare({ fs, root }).plan
}

/**
 * Brings back the exact bytes and modes from before the last apply; called again, from before the one before it.
 *
 * @throws KnownError when a file was changed since and `conflicts` is `stop`: then nothing is undone
 */
export function undo(root: string, options: UndoOptions = {}): UndoPlan {
  const { fs = nodeFs, conflicts = 'stop', onProgress = () => {} } = options
  const place = { fs, root }
  lastApplied(place)
  try {
    const { plan, journal } = withLock(place, () => takeBackLast(place, conflicts, onProgress))
    tidy(place, journal.roots)
    return plan
  } catch (error) {
    throw explain(error, root)
  }
}

interface Prepared {
  readonly plan: UndoPlan
  readonly transaction: Transaction
  readonly journal: Journal
  readonly operations: readonly Operation[]
}

function prepare(place: Place): Prepared {
  const { transaction, journal } = lastApplied(place)
  const { title, at, steps } = journal
  const operations: Operation[] = []
  const conflicts: string[] = []
  for (const [index, step] of steps.entries()) {
    const found = lookAt(place, step.path)
    if (isSame(found, step.before)) continue
    if (isSame(found, step.after) || isOurFolder(place, step, journal))
      operations.push(reverse(place, transaction, step, index))
    else conflicts.push(step.path)
  }
  return {
    plan: { title, at, changes: operations.map(changeOf), conflicts },
    transaction,
    journal,
    operations,
  }
}

function lastApplied(place: Place): { transaction: Transaction; journal: Journal } {
  if (isUnfinished(place.root, place.fs)) throw unfinishedBefore(place.root)
  const last = committed(place).at(-1)
  if (last === undefined) throw nothingToUndo(place)
  return last
}

/** The undo is a transaction itself, so that a crash leaves either all of it done or nothing. */
function takeBackLast(
  place: Place,
  answer: 'stop' | 'mine',
  onProgress: (progress: Progress) => void,
): Prepared {
  const prepared = prepare(place)
  const { plan, transaction, journal, operations } = prepared
  if (plan.conflicts.length > 0 && answer === 'stop') throw changedSince(plan)
  const task = {
    title: `undo of ${journal.title}`,
    operations,
    emptied: journal.folders.map(({ path }) => path).reverse(),
    formerFolders: journal.emptied,
    roots: journal.roots,
    undoes: transaction.id,
  }
  const undoing = runTransaction(place, task, onProgress)
  cleanUp(() => finishUndo(place, undoing, transaction.id))
  return prepared
}

/** The undo is done by now: what cannot be removed is removed by the next run's recovery. */
function cleanUp(work: () => void): void {
  try {
    work()
  } catch {}
}

function reverse(place: Place, transaction: Transaction, step: Step, index: number): Operation {
  const { path, before, after } = step
  if (before === null) return { path, before: after, after: null }
  const kept = oldFile(transaction, index)
  if (!exists(place, kept) || hashOfFile(place.fs, kept) !== before.hash) throw copyDamaged(path)
  return { path, before: after, after: { kept, mode: before.mode } }
}

/** Where a file was deleted to make room for a folder, that folder goes first, if nothing but our files is in it. */
function isOurFolder(place: Place, { path, after }: Step, { steps, folders }: Journal): boolean {
  const isOurs = after === null && folders.some((folder) => folder.path === path)
  const written = new Set(steps.filter((step) => step.after !== null).map((step) => step.path))
  const isMade = new Set(folders.map((folder) => folder.path))
  const holdsOnlyOurs = (folder: string): boolean =>
    place.fs.readdirSync(absolute(place, folder)).every((name) => {
      const inside = `${folder}/${name}`
      return written.has(inside) || (isMade.has(inside) && holdsOnlyOurs(inside))
    })
  return isOurs && holdsOnlyOurs(path)
}

function changeOf({ path, before, after }: Operation): UndoChange {
  if (after === null || !('kept' in after)) return { path, kind: 'remove', kept: null }
  return { path, kind: before === null ? 'bring back' : 'restore', kept: after.kept }
}

function nothingToUndo({ root }: Place): KnownError {
  return new KnownError(`there is nothing to undo in ${root}`, {
    hint: 'create-mlops can undo its own last changes here, and there are none.',
  })
}

function changedSince({ title, conflicts }: UndoPlan): KnownError {
  return new KnownError(`changed since "${title}", so nothing was undone:\n  ${conflicts.join('\n  ')}`, {
    exitCode: EXIT.conflicts,
    hint: 'Save your changes elsewhere, or undo the rest and leave these files as they are with --conflicts mine.',
  })
}

function copyDamaged(path: string): KnownError {
  return new KnownError(`the copy of ${path} that undo needs is missing or damaged`, {
    hint: 'Nothing was undone. Bring the files back with git instead.',
  })
}
