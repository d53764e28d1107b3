import type { Operation } from '../plan/operations.ts'
import type { Progress } from './apply.ts'
import { unfinished } from './failure.ts'
import {
  discardTransaction,
  type Folder,
  type Journal,
  listTransactions,
  openTransaction,
  type Transaction,
  writeJournal,
} from './journal.ts'
import { perform } from './perform.ts'
import type { Place } from './place.ts'
import { rollBack } from './rollback.ts'
import { describeFolders, foldersToMake, stage } from './stage.ts'

/** How many applies can be undone. */
const KEPT = 10

export interface Task {
  readonly title: string
  readonly operations: readonly Operation[]
  /** Folders to remove once they are empty, innermost first. */
  readonly emptied: readonly string[]
  /** Folders that are known to have been there before, with their modes. */
  readonly formerFolders: readonly Folder[]
  readonly roots: number
  readonly undoes: string | null
}

/** Does all of a task or, when anything fails, takes back what was done of it and throws. */
export function runTransaction(
  place: Place,
  task: Task,
  onProgress: (progress: Progress) => void,
): Transaction {
  const { title, operations, emptied, roots, undoes } = task
  const transaction = openTransaction(place)
  const at = new Date().toISOString()
  const nothing = { steps: [], folders: [], emptied: [] }
  let journal: Journal = { state: 'prepared', title, at, roots, undoes, ...nothing }
  try {
    writeJournal(place.fs, transaction, journal)
    const steps = stage(place, transaction, operations)
    journal = {
      ...journal,
      steps,
      folders: foldersToMake(place, operations, task.formerFolders),
      emptied: describeFolders(place, emptied),
    }
    writeJournal(place.fs, transaction, journal)
    let done = 0
    perform(place, transaction, journal, (path) => onProgress({ path, done: ++done, total: steps.length }))
    writeJournal(place.fs, transaction, { ...journal, state: 'committed' })
    return transaction
  } catch (error) {
    takeBack(place, transaction, journal, error)
    throw error
  }
}

/** Forgets the applies that are too long ago to be undone. */
export function dropOldest(place: Place): void {
  for (const transaction of listTransactions(place).slice(0, -KEPT)) discardTransaction(place, transaction)
}

function takeBack(place: Place, transaction: Transaction, journal: Journal, cause: unknown): void {
  try {
    rollBack(place, transaction, journal)
  } catch {
    throw unfinished(place.root, cause)
  }
}
