import type { ColumnProfile } from '../columns/profile-column.ts'
import type { ReadNumber } from '../columns/types.ts'
import type { Task } from '../contract.ts'
import type { Leak } from './leak.ts'
import { knownRows, sampleColumn } from './sampled.ts'
import { findSingleLeaks } from './single-leaks.ts'
import { findSumLeaks } from './sums.ts'

/** So many rows are enough to suspect a rule, which is then held against all. */
const SUSPICION_ROWS = 3000

/** Finds the columns that give the target away, alone or as a sum. A name is no evidence. */
export function findLeaks(
  columns: readonly ColumnProfile[],
  target: ColumnProfile,
  task: Task,
  read: ReadNumber,
): Leak[] {
  const search = { target, task, read }
  const candidates = columns.filter(canTell)
  const suspected = namesIn(searchLeaks(candidates, SUSPICION_ROWS, search))
  if (suspected.size === 0) return []
  return searchLeaks(
    candidates.filter(({ name }) => suspected.has(name)),
    Number.POSITIVE_INFINITY,
    search,
  )
}

interface Search {
  readonly target: ColumnProfile
  readonly task: Task
  readonly read: ReadNumber
}

function searchLeaks(
  columns: readonly ColumnProfile[],
  limit: number,
  { target, task, read }: Search,
): Leak[] {
  const rows = knownRows(target, limit)
  const sampled = columns.map((profile) => sampleColumn(profile, rows, read))
  const goal = sampleColumn(target, rows, read)
  const single = findSingleLeaks(sampled, goal, task !== 'regression')
  if (task === 'binary') return single
  const exact = single.filter(({ share }) => share !== undefined)
  const told = namesIn(exact)
  const sums = findSumLeaks(
    sampled.filter(({ name, profile }) => profile.column.type === 'numeric' && !told.has(name)),
    goal,
  )
  // A large part of a sum moves with it; the sum says more.
  const summed = namesIn(sums)
  const correlated = single.filter(
    ({ columns: [name = ''], share }) => share === undefined && !summed.has(name),
  )
  return [...exact, ...sums, ...correlated]
}

function namesIn(leaks: readonly Leak[]): ReadonlySet<string> {
  return new Set(leaks.flatMap((leak) => leak.columns))
}

/** Texts, dates and ids can only tell by being there or not. */
function canTell({ column }: ColumnProfile): boolean {
  return (
    column.missing > 0 ||
    column.type === 'numeric' ||
    column.type === 'categorical' ||
    column.type === 'boolean'
  )
}

/** The columns that repeat an earlier one in every row, and which. */
export function findDuplicates(columns: readonly ColumnProfile[]): Map<string, string> {
  const first = new Map<string, ColumnProfile>()
  const duplicates = new Map<string, string>()
  for (const profile of columns) {
    const key = signature(profile)
    const earlier = first.get(key)
    if (earlier === undefined) first.set(key, profile)
    else if (isSame(earlier, profile)) duplicates.set(profile.name, earlier.name)
  }
  return duplicates
}

/** A dictionary lists values in the order of the rows, so equal columns have equal dictionaries. */
function signature({ column, draft }: ColumnProfile): string {
  const { values, counts } = draft.evidence.dictionary
  return [column.type, values.length, ...values.slice(0, 20), ...counts.slice(0, 20)].map(String).join('\0')
}

function isSame(a: ColumnProfile, b: ColumnProfile): boolean {
  const [left, right] = [a.draft.evidence.dictionary, b.draft.evidence.dictionary]
  return (
    left.values.every((value, i) => value === right.values[i]) &&
    left.codes.every((code, i) => code === right.codes[i])
  )
}
