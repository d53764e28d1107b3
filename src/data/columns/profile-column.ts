import type { Column } from '../contract.ts'
import { type Finding, info, quoted, thousands, warning } from '../finding.ts'
import { chooseFormat } from './date-order.ts'
import type { Evidence } from './evidence.ts'
import { soundsLikePeriod } from './names.ts'
import type { Tally } from './tally.ts'
import { type Guess, nearlyAll } from './types.ts'

/** The categories that a contract lists; the rest is counted. */
const MOST_VALUES = 50

/** A column with what it was decided from, so that a person's correction needs no second look at the file. */
export interface ColumnProfile {
  readonly name: string
  readonly column: Column
  /** date only: the first and the last, in milliseconds since 1970. */
  readonly span?: { readonly first: number; readonly last: number }
  readonly draft: Draft
  readonly findings: readonly Finding[]
}

/** A column that has been counted, but not yet described. */
export interface Draft {
  readonly evidence: Evidence
  readonly guess: Guess
  readonly tally: Tally
  /** Whether a person said what the column is. */
  readonly wished: boolean
}

interface Parts extends Draft {
  readonly rows: number
}

/** Describes a column of which all rows have been seen. */
export function profileColumn(draft: Draft, rows: number): ColumnProfile {
  const parts: Parts = { ...draft, rows }
  const { evidence, guess, tally, wished } = draft
  const { name } = evidence
  const shared = {
    name,
    missing: tally.missing / rows,
    distinct: Math.max(tally.distinct, tally.exact ? 0 : evidence.values.length),
  }
  const profile = { name, draft }
  const useless = wished ? undefined : uselessReason(tally)
  if (useless !== undefined) {
    const column: Column = { ...shared, type: 'ignore', reason: useless }
    return { ...profile, column, findings: [info(`${useless}: left out`, name)] }
  }
  switch (guess.type) {
    case 'numeric':
      return {
        ...profile,
        column: { ...shared, type: 'numeric', ...rangeOf(tally) },
        findings: malformedFindings(parts),
      }
    case 'date':
      return { ...profile, ...dateParts(parts, shared) }
    case 'boolean':
    case 'categorical':
      return {
        ...profile,
        column: valuesColumn(shared, guess, tally),
        findings: reasonFindings(guess, name),
      }
    default: {
      const reason = guess.reason === undefined ? {} : { reason: guess.reason }
      return { ...profile, column: { ...shared, type: guess.type, ...reason }, findings: [] }
    }
  }
}

/** The type that all rows speak for, where they contradict the sample. */
export function contradiction(guess: Guess, tally: Tally): Guess | undefined {
  const measured = guess.type === 'numeric' || guess.type === 'date'
  const { count } = tally.malformed
  if (measured && !nearlyAll(tally.present, tally.present + count)) {
    return {
      type: 'categorical',
      missing: guess.missing,
      reason: `${thousands(count)} values do not fit ${guess.type}`,
    }
  }
  return guess.type === 'boolean' && tally.distinct > 2
    ? { type: 'categorical', missing: guess.missing }
    : undefined
}

/** Numbers of few values may be codes; only a person knows. */
export function mayBeCodes({ column, draft }: ColumnProfile): boolean {
  return (
    column.type === 'numeric' &&
    !draft.wished &&
    column.integer === true &&
    column.distinct <= 10 &&
    !soundsLikePeriod(column.name)
  )
}

function uselessReason(tally: Tally): string | undefined {
  if (tally.present === 0 && tally.malformed.count === 0) return 'all values are missing'
  const constant = tally.exact && tally.distinct === 1 && tally.missing === 0 && tally.malformed.count === 0
  return constant ? `always ${quoted(tally.counts()[0]?.value ?? '')}` : undefined
}

function rangeOf(tally: Tally): Partial<Column> {
  return tally.present === 0 ? {} : { integer: tally.integer, min: tally.min, max: tally.max }
}

function valuesColumn(
  shared: Pick<Column, 'name' | 'missing' | 'distinct'>,
  guess: Guess,
  tally: Tally,
): Column {
  const counts = tally.counts()
  const values = counts.slice(0, MOST_VALUES).map(({ value }) => value)
  const more = Math.max(counts.length, shared.distinct) - values.length
  return {
    ...shared,
    type: guess.type,
    ...(guess.reason !== undefined && { reason: guess.reason }),
    values,
    ...(more > 0 && { moreValues: more }),
    ...(guess.type === 'boolean' && guess.true !== undefined && { true: guess.true }),
  }
}

function dateParts(parts: Parts, shared: Pick<Column, 'name' | 'missing' | 'distinct'>) {
  const { evidence, tally } = parts
  const dates = tally.dates()
  const choice = chooseFormat(
    dates.map(({ format }) => format),
    evidence.dictionary,
  )
  const chosen = dates.find(({ format }) => format === choice.format)
  const column: Column = { ...shared, type: 'date', format: choice.format }
  const findings = [...malformedFindings(parts), ...ambiguity(evidence.name, choice.by, choice.format)]
  return { column, findings, ...(chosen && { span: { first: chosen.first, last: chosen.last } }) }
}

function ambiguity(name: string, by: 'values' | 'order' | 'custom', format: string): Finding[] {
  if (by === 'values') return []
  const order = format.startsWith('%d') ? 'day first' : format.startsWith('%m') ? 'month first' : 'year first'
  if (by === 'order') return [info(`read ${order} (${format}), because the rows are then in order`, name)]
  return [
    warning(
      `day and month cannot be told apart: read ${order} (${format}); correct \`format\` if it is not`,
      name,
    ),
  ]
}

function malformedFindings({ evidence, guess, tally, rows }: Parts): Finding[] {
  const { count, examples } = tally.malformed
  if (count === 0) return []
  const kind = guess.type === 'date' ? 'dates' : 'numbers'
  const some = [...examples].map(([value, line]) => `${quoted(value)} in line ${line}`).join(', ')
  return [
    warning(
      `${thousands(count)} of ${thousands(rows)} values are no ${kind}: ${some}; training takes them for missing`,
      evidence.name,
    ),
  ]
}

function reasonFindings({ reason }: Guess, name: string): Finding[] {
  return reason === undefined ? [] : [info(`categorical: ${reason}`, name)]
}
