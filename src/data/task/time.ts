import { type KnownError, usageError } from '../../errors.ts'
import { isOrdered } from '../columns/date-order.ts'
import { soundsLikeOtherDate, soundsLikeTime } from '../columns/names.ts'
import type { ColumnProfile } from '../columns/profile-column.ts'
import { quoted } from '../finding.ts'

/** More missing times than this, and the rows cannot be ordered by them. */
const MOST_MISSING = 0.01

/** The columns that may order the rows in time, the likeliest first. */
export function rankTimes(columns: readonly ColumnProfile[], target: string): ColumnProfile[] {
  return rank(columns, target).map(({ profile }) => profile)
}

/** The column that orders the rows: only one whose rows are in order, or whose name says little but "time". */
export function guessTime(columns: readonly ColumnProfile[], target: string): ColumnProfile | undefined {
  const [best] = rank(columns, target)
  return best !== undefined && best.score > 0 ? best.profile : undefined
}

function rank(columns: readonly ColumnProfile[], target: string) {
  return columns
    .filter(({ name, column }) => name !== target && column.type === 'date' && column.missing <= MOST_MISSING)
    .filter(({ column }) => column.distinct >= 3)
    .map((profile) => ({ profile, score: likelihood(profile) }))
    .sort((a, b) => b.score - a.score)
}

/** @throws KnownError (usage) when a column cannot order rows in time */
export function checkTime({ name, column, draft }: ColumnProfile, target: string): void {
  if (name === target) throw noTime(name, 'it is the target')
  if (column.type === 'ignore') throw noTime(name, column.reason ?? 'it is left out')
  if (column.type === 'date') return
  const example = draft.tally.counts()[0]?.value ?? ''
  throw noTime(
    name,
    `it holds no dates, but ${column.type === 'numeric' ? 'numbers' : 'values'} like ${quoted(example)}`,
  )
}

function likelihood({ name, column, draft }: ColumnProfile): number {
  const ordered = isOrdered(column.format ?? '', draft.evidence.dictionary)
  const named = soundsLikeTime(name)
  if (soundsLikeOtherDate(name)) return ordered ? 1 : 0
  return (ordered ? 4 : 0) + (named ? 2 : 0)
}

function noTime(name: string, problem: string): KnownError {
  return usageError(
    `${quoted(name)} cannot order the rows in time: ${problem}`,
    `Name a date column, say --type ${name}=date if it is one, or --time none.`,
  )
}
