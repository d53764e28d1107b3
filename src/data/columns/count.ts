import type { ColumnType } from '../contract.ts'
import type { Table } from '../read/table.ts'
import type { Evidence } from './evidence.ts'
import { isMissingMark, isMissingWord } from './missing.ts'
import type { Draft } from './profile-column.ts'
import { Tally } from './tally.ts'
import type { Guess, ReadNumber } from './types.ts'

/** Distinct values remembered over all columns, which bounds the memory of wide tables. */
const MOST_DISTINCT = 2_000_000

/** How many distinct values of one column are remembered. */
export function distinctLimit(type: ColumnType, columns: number): number {
  if (type === 'id' || type === 'text') return 0
  return Math.max(500, Math.min(type === 'numeric' ? 1000 : 10_000, Math.floor(MOST_DISTINCT / columns)))
}

export function newTally(guess: Guess, evidence: Evidence, readNumber: ReadNumber, limit: number): Tally {
  const measured = guess.type === 'numeric' || guess.type === 'date'
  const missing = new Set(guess.missing)
  const kept = new Set([...evidence.words, ...evidence.marks].filter((text) => !missing.has(text)))
  const isMissing = (text: string) =>
    missing.has(text) || (!kept.has(text) && (isMissingWord(text) || (measured && isMissingMark(text))))
  return new Tally({ type: guess.type, isMissing, readNumber, formats: guess.formats ?? [], limit })
}

/** Counts the rows of a complete sample, one distinct value at a time. */
export function countSample({ sample }: Table, tallies: readonly Tally[]): number {
  for (const [column, { values, counts, lines }] of sample.dictionaries.entries()) {
    const tally = tallies[column]
    for (let code = 0; code < values.length; code++) {
      tally?.add(values[code] ?? '', counts[code] ?? 0, lines[code] ?? 0)
    }
  }
  return sample.rows
}

/** Counts all rows of the file. */
export function countAll(
  table: Table,
  tallies: readonly Tally[],
  onProgress: (fraction: number) => void,
): Promise<number> {
  return table.scan((column, value, line) => tallies[column]?.add(value, 1, line), onProgress)
}

/** Counts a column anew, as something else, from what is remembered of it: all of it, or else its sample. */
export function recount(
  { evidence, tally }: Pick<Draft, 'evidence' | 'tally'>,
  guess: Guess,
  readNumber: ReadNumber,
): Tally {
  const again = newTally(guess, evidence, readNumber, Number.POSITIVE_INFINITY)
  if (tally.exact) {
    for (const { value, count, line } of tally.spellings()) again.add(value, count, line)
    return again
  }
  const { values, counts, lines } = evidence.dictionary
  for (const [code, value] of values.entries()) again.add(value, counts[code] ?? 0, lines[code] ?? 0)
  again.exact &&= evidence.complete
  return again
}
