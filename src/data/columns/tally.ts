import type { ColumnType } from '../contract.ts'
import { type DateReader, dateReader } from './dates.ts'
import type { ReadNumber } from './types.ts'

export interface TallyOptions {
  readonly type: ColumnType
  readonly isMissing: (text: string) => boolean
  readonly readNumber: ReadNumber
  readonly formats: readonly string[]
  /** How many distinct values to remember. */
  readonly limit: number
}

export interface Malformed {
  /** How many values do not fit the column's type. */
  count: number
  /** Some of them, and where they occur first. */
  readonly examples: Map<string, number>
}

type Verdict = 'present' | 'missing' | 'malformed'

interface Entry {
  count: number
  /** Where the value was seen first. */
  readonly line: number
  readonly verdict: Verdict
}

const EXAMPLES = 5
const MISSING_SPELLINGS = 20
/** Longer values are not remembered: only texts have many of them. */
const LONGEST_VALUE = 2000

/** What all rows of a column come to, in bounded memory. */
export class Tally {
  /** The spellings of a missing value that were seen. */
  readonly missingSpellings = new Set<string>()
  readonly malformed: Malformed = { count: 0, examples: new Map() }
  /** How many rows have a value of the column's type, and how many none. */
  present = 0
  missing = 0
  /** How many distinct values are remembered. */
  distinct = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  integer = true
  /** Whether every distinct value is remembered. */
  exact = true
  readonly #options: TallyOptions
  readonly #dates: DateFormatTally[]
  readonly #entries = new Map<string, Entry>()

  constructor(options: TallyOptions) {
    this.#options = options
    this.#dates = options.formats.map((format) => new DateFormatTally(format))
  }

  add(value: string, times: number, line: number): void {
    // Numbers are cheaper to read than to look up, once there are too many to remember.
    const remembers = this.exact || this.#options.type !== 'numeric'
    const known = remembers ? this.#entries.get(value) : undefined
    const verdict = known?.verdict ?? this.#judge(value)
    if (verdict === 'malformed') this.#noteMalformed(value, times, line)
    else this[verdict] += times
    if (known !== undefined) known.count += times
    else if (remembers && this.#entries.size < this.#options.limit && value.length <= LONGEST_VALUE) {
      this.#entries.set(detached(value), { count: times, line, verdict })
      if (verdict === 'present') this.distinct++
    } else this.exact = false
  }

  /** The remembered values that are neither missing nor malformed, the most frequent first. */
  counts(): { value: string; count: number }[] {
    const counts: { value: string; count: number }[] = []
    for (const [value, { count, verdict }] of this.#entries)
      if (verdict === 'present') counts.push({ value, count })
    return counts.sort((a, b) => b.count - a.count)
  }

  /** Every value as it is spelled, missing and malformed ones too, while `exact`. */
  spellings(): { value: string; count: number; line: number }[] {
    return [...this.#entries].map(([value, { count, line }]) => ({ value, count, line }))
  }

  /** date only: the formats that read most values; more than one where they read the same number. */
  dates(): readonly DateFormatTally[] {
    const best = Math.max(...this.#dates.map(({ distinct }) => distinct))
    return this.#dates.filter(({ distinct }) => distinct === best)
  }

  #judge(value: string): Verdict {
    const { type } = this.#options
    if (type === 'numeric' && this.#noteNumber(value)) return 'present'
    if (this.#options.isMissing(value)) return this.#noteMissing(value)
    if (type === 'numeric') return 'malformed'
    return type !== 'date' || this.#noteDate(value) ? 'present' : 'malformed'
  }

  #noteNumber(value: string): boolean {
    const number = this.#options.readNumber(value)
    if (Number.isNaN(number)) return false
    if (number < this.min) this.min = number
    if (number > this.max) this.max = number
    if (this.integer && !Number.isInteger(number)) this.integer = false
    return true
  }

  #noteDate(value: string): boolean {
    let understood = false
    for (const format of this.#dates) understood = format.note(value) || understood
    return understood
  }

  #noteMissing(value: string): Verdict {
    if (this.missingSpellings.size < MISSING_SPELLINGS) this.missingSpellings.add(detached(value))
    return 'missing'
  }

  #noteMalformed(value: string, times: number, line: number): void {
    this.malformed.count += times
    const { examples } = this.malformed
    if (examples.size < EXAMPLES && !examples.has(value)) examples.set(detached(value), line)
  }
}

/** How well one format reads the dates of a column. */
export class DateFormatTally {
  readonly format: string
  readonly #read: DateReader
  distinct = 0
  first = Number.POSITIVE_INFINITY
  last = Number.NEGATIVE_INFINITY

  constructor(format: string) {
    this.format = format
    this.#read = dateReader(format) ?? (() => Number.NaN)
  }

  note(value: string): boolean {
    const time = this.#read(value)
    if (Number.isNaN(time)) return false
    this.distinct++
    if (time < this.first) this.first = time
    if (time > this.last) this.last = time
    return true
  }
}

/** A copy of its own: a slice would keep the whole piece of the file that it was cut from. */
function detached(value: string): string {
  return value.length < 13 ? value : Buffer.from(value, 'utf16le').toString('utf16le')
}
