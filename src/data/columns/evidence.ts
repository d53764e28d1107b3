import type { Dictionary } from './dictionary.ts'
import { isMissingMark, isMissingWord, isPlaceCode } from './missing.ts'

/** What a column's sample says before a type is decided. */
export interface Evidence {
  readonly name: string
  readonly dictionary: Dictionary
  /** Whether the dictionary holds all rows. */
  readonly complete: boolean
  /** Values that stand for nothing in any column. */
  readonly words: readonly string[]
  /** Values that stand for nothing if the others are numbers or dates. */
  readonly marks: readonly string[]
  /** The other values, and how often each occurs. */
  readonly values: readonly string[]
  readonly counts: readonly number[]
  /** How many rows have one of the other values. */
  readonly rows: number
}

export function gatherEvidence(name: string, dictionary: Dictionary, complete: boolean): Evidence {
  const words = dictionary.values.filter(isMissingWord)
  const marks = dictionary.values.filter(isMissingMark)
  const shared = { name, dictionary, complete, words, marks }
  if (words.length + marks.length === 0) {
    return { ...shared, values: dictionary.values, counts: dictionary.counts, rows: dictionary.codes.length }
  }
  const missing = new Set([...words, ...marks])
  const counts = dictionary.counts.filter((_, code) => !missing.has(dictionary.values[code] ?? ''))
  return {
    ...shared,
    values: dictionary.values.filter((value) => !missing.has(value)),
    counts,
    rows: sum(counts),
  }
}

/** The evidence of a column whose values are neither numbers nor dates: a mark is a value like another. */
export function withMarks(evidence: Evidence): Evidence {
  const { dictionary } = evidence
  const kept = new Set([
    ...evidence.marks,
    ...evidence.words.filter((word) => isPlaceCode(word, evidence.values)),
  ])
  if (kept.size === 0) return evidence
  const extra = dictionary.values.flatMap((value, code) => (kept.has(value) ? [{ value, code }] : []))
  const counts = [...evidence.counts, ...extra.map(({ code }) => dictionary.counts[code] ?? 0)]
  return {
    ...evidence,
    words: evidence.words.filter((word) => !kept.has(word)),
    marks: [],
    values: [...evidence.values, ...extra.map(({ value }) => value)],
    counts,
    rows: sum(counts),
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
