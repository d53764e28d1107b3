import nodeFs from 'node:fs'
import type { FileSystem } from '../project/file-system.ts'
import {
  discardTransaction,
  type Journal,
  listTransactions,
  readJournal,
  type Transaction,
} from './journal.ts'
import { exists, type Place, statePath } from './place.ts'
import { withLock } from './process-lock.ts'
import { type RolledBack, rollBack } from './rollback.ts'
import { tidy } from './tidy.ts'

export interface Recovery extends RolledBack {
  /** What was asked for in the runs that did not finish, and what became of it. */
  readonly runs: readonly { readonly title: string; readonly outcome: 'rolled back' | 'finished' }[]
}

interface Settled extends Recovery {
  /** How many folders are to be removed with the last trace of the project. */
  readonly roots: number
}

const NOTHING: Settled = { runs: [], leftAlone: [], rescued: null, roots: 0 }

/** Whether an earlier run was killed before it was done. Reads only, so a dry run can ask. */
export function isUnfinished(root: string, fs: FileSystem = nodeFs): boolean {
  return listTransactions({ fs, root }).some((transaction) => {
    const journal = readJournal(fs, transaction)
    return journal === null || journal.state === 'prepared' || journal.undoes !== null
  })
}

/** Takes back or finishes what an earlier run left undone; nothing happens where all is well. */
export function recover(root: string, fs: FileSystem = nodeFs): Recovery {
  const place = { fs, root }
  if (!isToSettle(place)) return NOTHING
  const settled = withLock(place, () =>
    listTransactions(place)
      .reverse()
      .map((transaction) => settle(place, transaction)),
  )
  tidy(place, Math.max(0, ...settled.map(({ roots }) => roots)))
  return {
    runs: settled.flatMap(({ runs }) => runs),
    leftAlone: settled.flatMap(({ leftAlone }) => leftAlone),
    rescued: settled.find(({ rescued }) => rescued !== null)?.rescued ?? null,
  }
}

/** Removes what an undo took back, and then the undo itself. */
export function finishUndo(place: Place, transaction: Transaction, undone: string): void {
  const taken = listTransactions(place).find(({ id }) => id === undone)
  if (taken !== undefined) discardTransaction(place, taken)
  discardTransaction(place, transaction)
}

/** A run that was killed early leaves our folder without any transaction in it. */
function isToSettle(place: Place): boolean {
  const hasNone = listTransactions(place).length === 0 && exists(place, statePath(place))
  return hasNone || isUnfinished(place.root, place.fs)
}

function settle(place: Place, transaction: Transaction): Settled {
  const journal = readJournal(place.fs, transaction)
  if (journal === null) {
    discardTransaction(place, transaction)
    return NOTHING
  }
  if (journal.state === 'prepared') return settlePrepared(place, transaction, journal)
  const { title, roots, undoes } = journal
  if (undoes === null) return NOTHING
  finishUndo(place, transaction, undoes)
  return { ...NOTHING, roots, runs: [{ title, outcome: 'finished' }] }
}

function settlePrepared(place: Place, transaction: Transaction, journal: Journal): Settled {
  const { title, roots } = journal
  return { runs: [{ title, outcome: 'rolled back' }], roots, ...rollBack(place, transaction, journal) }
}
