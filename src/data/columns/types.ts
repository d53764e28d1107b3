import type { ColumnType } from '../contract.ts'
import { guessDateFormats } from './date-formats.ts'
import { type Evidence, withMarks } from './evidence.ts'
import { soundsLikeCount, soundsLikeId, soundsLikePeriod, soundsLikeTime } from './names.ts'

/** What a column is taken for, and what that rests on. */
export interface Guess {
  readonly type: ColumnType
  /** The spellings that stand for a missing value in this column. */
  readonly missing: readonly string[]
  /** For people, where the type needs an explanation. */
  readonly reason?: string
  /** date only: the formats that fit the sample equally well. */
  readonly formats?: readonly string[]
  /** boolean only: the spelling that means true. */
  readonly true?: string
}

export type ReadNumber = (text: string) => number

const TRUE_FALSE: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['t', 'f'],
  ['yes', 'no'],
  ['y', 'n'],
  ['on', 'off'],
  ['1', '0'],
  ['1.0', '0.0'],
]

const EPOCHS = [
  { format: 'epoch-seconds', from: 978_307_200, to: 4_102_444_800 },
  { format: 'epoch-milliseconds', from: 978_307_200_000, to: 4_102_444_800_000 },
]

/** Decides what a column is from its sample. */
export function guessType(evidence: Evidence, read: ReadNumber): Guess {
  const { words, marks } = evidence
  if (evidence.rows === 0 && marks.length === 0) {
    return { type: 'ignore', reason: 'all values are missing', missing: words }
  }
  return (
    booleanGuess(evidence) ??
    dateGuess(evidence) ??
    numberGuess(evidence, read) ??
    wordGuess(withMarks(evidence))
  )
}

/** The spelling of true and of false, where these two are the only values. */
export function truePair(values: readonly string[]): { true: string; false: string } | undefined {
  if (values.length !== 2) return undefined
  const spellings = values.map((value) => value.trim().toLowerCase())
  for (const [yes, no] of TRUE_FALSE) {
    const yesAt = spellings.indexOf(yes)
    const noAt = spellings.indexOf(no)
    if (yesAt !== -1 && noAt !== -1) return { true: values[yesAt] ?? yes, false: values[noAt] ?? no }
  }
  return undefined
}

/** All but a few malformed values; in a short column, all but one. */
export function nearlyAll(good: number, total: number): boolean {
  return total > 0 && total - good <= Math.max(total * 0.01, total >= 20 ? 1 : 0)
}

function booleanGuess(evidence: Evidence): Guess | undefined {
  if (evidence.marks.length > 0) return undefined
  const pair = truePair(evidence.values)
  if (pair === undefined || (/^1/.test(pair.true) && soundsLikeCount(evidence.name))) return undefined
  return { type: 'boolean', missing: evidence.words, true: pair.true }
}

function dateGuess({ values, counts, rows, words, marks }: Evidence): Guess | undefined {
  const guess = guessDateFormats(values, counts)
  if (guess === undefined || !nearlyAll(guess.share * rows, rows)) return undefined
  return { type: 'date', missing: [...words, ...marks], formats: guess.formats }
}

function numberGuess(evidence: Evidence, read: ReadNumber): Guess | undefined {
  const { name, values, counts, rows } = evidence
  const numbers = values.map(read)
  const good = numbers.reduce((sum, number, i) => sum + (Number.isNaN(number) ? 0 : (counts[i] ?? 0)), 0)
  if (!nearlyAll(good, rows)) return undefined
  const missing = [...evidence.words, ...evidence.marks]
  if (numbers.every((number) => Number.isInteger(number) || Number.isNaN(number))) {
    const id = numericIdReason(evidence, numbers)
    if (id !== undefined) return { type: 'id', reason: id, missing }
    if (hasLeadingZeros(values)) return codeGuess(evidence)
    const epoch = soundsLikeTime(name) ? epochOf(numbers) : undefined
    if (epoch !== undefined) return { type: 'date', missing, formats: [epoch] }
  }
  return { type: 'numeric', missing }
}

function epochOf(numbers: readonly number[]): string | undefined {
  const sound = numbers.filter((number) => !Number.isNaN(number))
  return EPOCHS.find(({ from, to }) => sound.every((number) => number >= from && number <= to))?.format
}

function numericIdReason(evidence: Evidence, numbers: readonly number[]): string | undefined {
  const { name, values, rows } = evidence
  if (rows < 20) return soundsLikeId(name) && values.length === rows ? 'identifies the row' : undefined
  if (isRunningNumber(evidence, numbers)) return 'a running number'
  if (!soundsLikeId(name)) return undefined
  if (values.length === rows) return 'identifies the row'
  return values.length > Math.max(100, rows / 50) ? 'the number of a thing, no quantity' : undefined
}

/** Each row one more than the row above, as far as the sample shows neighbours. */
function isRunningNumber({ name, values, rows, dictionary }: Evidence, numbers: readonly number[]): boolean {
  if (values.length !== rows || dictionary.values.length !== rows || soundsLikePeriod(name)) return false
  let steps = 0
  for (let i = 1; i < rows; i++) {
    const step = (numbers[i] ?? 0) - (numbers[i - 1] ?? 0)
    if (step <= 0) return false
    if (step === 1) steps++
  }
  return steps >= (rows - 1) * 0.9
}

function hasLeadingZeros(values: readonly string[]): boolean {
  return values.some((value) => /^\s*0\d/.test(value))
}

function codeGuess(evidence: Evidence): Guess {
  const guess = wordGuess(withMarks(evidence))
  return guess.type === 'categorical' ? { ...guess, reason: 'codes: some begin with a zero' } : guess
}

function wordGuess(evidence: Evidence): Guess {
  const { name, values, counts, rows, words: missing } = evidence
  const distinctShare = values.length / rows
  const { words, length } = wordiness(values, counts, rows)
  const own = distinctShare > 0.95 && values.length >= 20
  if ((own && words >= 3) || (values.length > 50 && distinctShare > 0.3 && (words >= 4 || length >= 40))) {
    return { type: 'text', missing }
  }
  if (own) return { type: 'id', reason: 'nearly every row has its own value', missing }
  if (soundsLikeId(name) && distinctShare > 0.5 && values.length >= 20) {
    return { type: 'id', reason: 'the name of a thing, no property', missing }
  }
  return { type: 'categorical', missing }
}

/** The average number of words and of characters. */
function wordiness(values: readonly string[], counts: readonly number[], rows: number) {
  let words = 0
  let length = 0
  for (const [i, value] of values.entries()) {
    const count = counts[i] ?? 0
    words += count * value.trim().split(/\s+/).length
    length += count * value.length
  }
  return { words: words / rows, length: length / rows }
}
