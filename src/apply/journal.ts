import { dirname, join } from 'node:path'
import { KnownError } from '../errors.ts'
import type { Fingerprint } from '../plan/operations.ts'
import { type FileSystem, unlessMissing } from '../project/file-system.ts'
import { isSafePath, STATE_FOLDER } from '../project/paths.ts'
import { renamePatiently, syncFolder, unlinkPatiently, writeNewFile } from './durable.ts'
import { exists, type Place, statePath, TRANSACTIONS } from './place.ts'

const JOURNAL = 'journal.json'

/**
 * What a transaction does, written before its first change. `prepared`: it may have begun, and is rolled back by
 * whoever finds it. `committed`: all of it is done; it is kept so that it can be undone.
 */
export interface Journal {
  readonly state: 'prepared' | 'committed'
  /** What the user asked for, e.g. `upgrade to level 2`. */
  readonly title: string
  /** When, in ISO 8601. */
  readonly at: string
  readonly steps: readonly Step[]
  /** Folders to make, outermost first. */
  readonly folders: readonly NewFolder[]
  /** Folders that go once the files in them are deleted, innermost first. */
  readonly emptied: readonly Folder[]
  /** How many folders were made to reach the project: its own, the one above it … */
  readonly roots: number
  /** The transaction that this one takes back. */
  readonly undoes: string | null
}

export interface Step {
  readonly path: string
  readonly before: Fingerprint | null
  readonly after: Fingerprint | null
}

export interface Folder {
  readonly path: string
  /** Permission bits. */
  readonly mode: number
}

export interface NewFolder {
  readonly path: string
  /** Null leaves it to the user's umask. */
  readonly mode: number | null
}

/** A transaction's own folder, with its journal, the new files until they are in place, and the old ones. */
export interface Transaction {
  readonly id: string
  /** Absolute. */
  readonly folder: string
}

/** The place of the new file of a step until it is in the project. */
export function newFile(transaction: Transaction, index: number): string {
  return join(transaction.folder, `new-${index}`)
}

/** The place of the old file of a step, from when it is replaced or deleted. */
export function oldFile(transaction: Transaction, index: number): string {
  return join(transaction.folder, `old-${index}`)
}

/** All transactions of a project, oldest first. */
export function listTransactions(place: Place): Transaction[] {
  const names = unlessMissing(() => place.fs.readdirSync(statePath(place, TRANSACTIONS))) ?? []
  return names
    .filter((name) => /^\d+$/.test(name))
    .sort((one, other) => Number(one) - Number(other))
    .map((id) => ({ id, folder: statePath(place, TRANSACTIONS, id) }))
}

/** Makes the folder of a new transaction, after the latest one. */
export function openTransaction(place: Place): Transaction {
  const { fs } = place
  const parent = statePath(place, TRANSACTIONS)
  if (!exists(place, parent)) fs.mkdirSync(parent)
  const latest = listTransactions(place).at(-1)
  const id = String(Number(latest?.id ?? 0) + 1).padStart(4, '0')
  const folder = join(parent, id)
  fs.mkdirSync(folder)
  return { id, folder }
}

/** Writes the journal, all of it or nothing. */
export function writeJournal(fs: FileSystem, transaction: Transaction, journal: Journal): void {
  const file = join(transaction.folder, JOURNAL)
  const next = `${file}.next`
  writeNewFile(fs, next, [Buffer.from(`${JSON.stringify(journal)}\n`)], { bits: 0o644, isExact: false })
  renamePatiently(fs, next, file)
  for (const folder of [transaction.folder, dirname(transaction.folder)]) syncFolder(fs, folder)
}

/**
 * Reads a transaction's journal, or null when it was never written.
 *
 * @throws KnownError when it is damaged, because guessing could lose files
 */
export function readJournal(fs: FileSystem, transaction: Transaction): Journal | null {
  const text = unlessMissing(() => fs.readFileSync(join(transaction.folder, JOURNAL), 'utf8'))
  if (text === null) return null
  const journal = parseJournal(text)
  if (journal !== null) return journal
  const name = `${STATE_FOLDER}/${TRANSACTIONS}/${transaction.id}`
  throw new KnownError(`the journal of an earlier run, ${name}/${JOURNAL}, is damaged`, {
    hint: `Look at the files with git, then delete ${name} and run the command again.`,
  })
}

/** Removes a transaction: its journal first, so that a folder without one is known to be rubbish. */
export function discardTransaction({ fs }: Place, transaction: Transaction): void {
  const names = unlessMissing(() => fs.readdirSync(transaction.folder))
  if (names === null) return
  const journalFirst = [...names].sort((one, other) => Number(other === JOURNAL) - Number(one === JOURNAL))
  for (const name of journalFirst) unlinkPatiently(fs, join(transaction.folder, name))
  fs.rmdirSync(transaction.folder)
}

/** A journal is data that somebody could have edited: its paths have to be in the project. */
function parseJournal(text: string): Journal | null {
  try {
    const journal = JSON.parse(text) as Journal
    const places = [...journal.steps, ...journal.folders, ...journal.emptied]
    return places.every(({ path }) => isSafePath(path)) ? journal : null
  } catch {
    return null
  }
}
