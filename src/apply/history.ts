import nodeFs from 'node:fs'
import type { FileSystem } from '../project/file-system.ts'
import { type Journal, listTransactions, readJournal, type Transaction } from './journal.ts'
import type { Place } from './place.ts'

/** An apply that can be undone. */
export interface Applied {
  /** What the user asked for. */
  readonly title: string
  /** When, in ISO 8601. */
  readonly at: string
  /** The files that it wrote, replaced or deleted. */
  readonly paths: readonly string[]
}

/** What can be undone, the latest last. */
export function history(root: string, fs: FileSystem = nodeFs): Applied[] {
  return committed({ fs, root }).map(({ journal: { title, at, steps } }) => ({
    title,
    at,
    paths: steps.map((step) => step.path),
  }))
}

/** The transactions that are done, the latest last. */
export function committed(place: Place): { transaction: Transaction; journal: Journal }[] {
  return listTransactions(place).flatMap((transaction) => {
    const journal = readJournal(place.fs, transaction)
    return journal?.state === 'committed' ? [{ transaction, journal }] : []
  })
}
