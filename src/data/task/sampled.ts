import type { ColumnProfile } from '../columns/profile-column.ts'
import type { ReadNumber } from '../columns/types.ts'

/** Rows that are enough to recognise a rule. */
const ROWS = 10_000

/** Rows by the value that they share; the rows without a value are a group as well. */
export interface Groups {
  readonly codes: Int32Array
  readonly size: number
}

/** A column on the rows in which the target is known. */
export interface Sampled {
  readonly name: string
  readonly profile: ColumnProfile
  readonly groups: Groups
  /** One group of rows with a value, one without. */
  readonly presence: Groups
  /** NaN where there is no number. */
  readonly numbers: Float64Array
}

export function sampleColumn(profile: ColumnProfile, rows: Int32Array, read: ReadNumber): Sampled {
  const { dictionary } = profile.draft.evidence
  const present = presentCodes(profile)
  const missing = dictionary.values.length
  const codes = rows.map((row) => {
    const code = dictionary.codes[row] ?? 0
    return present[code] === 1 ? code : missing
  })
  const byCode = Float64Array.from(dictionary.values, (value, code) =>
    present[code] === 1 ? read(value) : Number.NaN,
  )
  return {
    name: profile.name,
    profile,
    groups: { codes, size: missing + 1 },
    presence: { codes: codes.map((code) => (code === missing ? 1 : 0)), size: 2 },
    numbers: Float64Array.from(codes, (code) => byCode[code] ?? Number.NaN),
  }
}

/** Up to ROWS rows with a target, evenly spread. */
export function knownRows(target: ColumnProfile): Int32Array {
  const { codes } = target.draft.evidence.dictionary
  const present = presentCodes(target)
  const known: number[] = []
  for (let row = 0; row < codes.length; row++) if (present[codes[row] ?? 0] === 1) known.push(row)
  const step = Math.max(1, known.length / ROWS)
  return Int32Array.from({ length: Math.min(known.length, ROWS) }, (_, i) => known[Math.floor(i * step)] ?? 0)
}

function presentCodes({ draft }: ColumnProfile): Uint8Array {
  const missing = new Set([...draft.guess.missing, ''])
  return Uint8Array.from(draft.evidence.dictionary.values, (value) => (missing.has(value) ? 0 : 1))
}
