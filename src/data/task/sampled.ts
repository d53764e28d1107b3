import type { ColumnProfile } from '../columns/profile-column.ts'
import type { ReadNumber } from '../columns/types.ts'

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
  const { values, codes } = dictionary
  const present = presentCodes(profile)
  const missing = values.length
  const byCode = new Float64Array(missing + 1).fill(Number.NaN)
  if (profile.column.type === 'numeric' || isSmall(values)) {
    for (let code = 0; code < missing; code++)
      if (present[code] === 1) byCode[code] = read(values[code] ?? '')
  }
  const groups = new Int32Array(rows.length)
  const presence = new Int32Array(rows.length)
  const numbers = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const code = codes[rows[i] ?? 0] ?? 0
    const group = present[code] === 1 ? code : missing
    groups[i] = group
    presence[i] = group === missing ? 1 : 0
    numbers[i] = byCode[group] ?? Number.NaN
  }
  return {
    name: profile.name,
    profile,
    groups: { codes: groups, size: missing + 1 },
    presence: { codes: presence, size: 2 },
    numbers,
  }
}

/** The rows with a target; up to `limit` of them, evenly spread. */
export function knownRows(target: ColumnProfile, limit: number): Int32Array {
  const { codes } = target.draft.evidence.dictionary
  const present = presentCodes(target)
  const known = new Int32Array(codes.length)
  let count = 0
  for (let row = 0; row < codes.length; row++) if (present[codes[row] ?? 0] === 1) known[count++] = row
  if (count <= limit) return known.subarray(0, count)
  return Int32Array.from({ length: limit }, (_, i) => known[Math.floor((i * count) / limit)] ?? 0)
}

/** Of the target of a classification, too, the values may be numbers. */
function isSmall(values: readonly string[]): boolean {
  return values.length <= 100
}

function presentCodes({ draft }: ColumnProfile): Uint8Array {
  const missing = new Set([...draft.guess.missing, ''])
  return Uint8Array.from(draft.evidence.dictionary.values, (value) => (missing.has(value) ? 0 : 1))
}
