import { quoted } from '../finding.ts'
import { type Leak, RULE_SHARE } from './leak.ts'
import { columnsAt, type Projection, project } from './projection.ts'
import type { Sampled } from './sampled.ts'

/** Searching triples takes the square of the number of columns; in wider tables, pairs and runs must do. */
const MOST_FOR_TRIPLES = 200
const LEAST_ROWS = 30

/** A column, by its place, and the sign with which it enters a sum. */
interface Term {
  readonly column: number
  readonly sign: 1 | -1
}

interface Search {
  readonly columns: readonly Sampled[]
  readonly target: Sampled
  readonly tolerance: number
  readonly projections: readonly Projection[]
}

/**
 * Finds sums and differences of two or three numeric columns, and sums and means of columns side by side, that are
 * the target in nearly every row. Candidates are found among projections, and then checked row by row.
 */
export function findSumLeaks(columns: readonly Sampled[], target: Sampled): Leak[] {
  if (target.numbers.filter((number) => !Number.isNaN(number)).length < LEAST_ROWS) return []
  const tolerance = roundingOf(target.numbers)
  const leaks: Leak[] = []
  for (const find of [findPairs, findTriples, findRuns]) {
    const taken = new Set(leaks.flatMap((leak) => leak.columns))
    const free = columns.filter(
      ({ name, numbers }) => !taken.has(name) && numbers.some((number) => Math.abs(number) > 0),
    )
    const leak = find({ columns: free, target, tolerance, projections: project(free, target, tolerance) })
    if (leak !== undefined) leaks.push(leak)
  }
  return leaks
}

function findPairs(search: Search): Leak | undefined {
  for (const projection of search.projections) {
    for (let i = 0; i < search.columns.length; i++) {
      const leak = complete(search, projection, [{ column: i, sign: 1 }])
      if (leak !== undefined) return leak
    }
  }
  return undefined
}

function findTriples(search: Search): Leak | undefined {
  const { columns, projections } = search
  if (columns.length > MOST_FOR_TRIPLES) return undefined
  for (const projection of projections) {
    for (let i = 0; i < columns.length; i++) {
      for (let j = 0; j < columns.length; j++) {
        const plus =
          j > i
            ? complete(search, projection, [
                { column: i, sign: 1 },
                { column: j, sign: 1 },
              ])
            : undefined
        const minus =
          j !== i
            ? complete(search, projection, [
                { column: i, sign: 1 },
                { column: j, sign: -1 },
              ])
            : undefined
        if (plus !== undefined || minus !== undefined) return plus ?? minus
      }
    }
  }
  return undefined
}

/** Adds the one term that turns these into the target, if there is one. */
function complete(search: Search, projection: Projection, terms: readonly Term[]): Leak | undefined {
  const sum = terms.reduce((total, { column, sign }) => total + sign * (projection.values[column] ?? 0), 0)
  const rest = projection.target - sum
  for (const sign of [1, -1] as const) {
    for (const column of columnsAt(projection, sign * rest)) {
      if (terms.some((term) => term.column === column)) continue
      const leak = confirm(search, [...terms, { column, sign }], 1)
      if (leak !== undefined) return leak
    }
  }
  return undefined
}

/** Columns side by side whose sum or mean is the target, the longest first. */
function findRuns(search: Search): Leak | undefined {
  const { columns } = search
  for (const { values, target, tolerance } of search.projections) {
    for (let from = 0; from < columns.length; from++) {
      let sum = 0
      for (let to = from; to < columns.length; to++) {
        sum += values[to] ?? 0
        const length = to - from + 1
        const divisor = near(sum, target, tolerance)
          ? 1
          : near(sum, target * length, tolerance * length)
            ? length
            : 0
        if (length < 2 || divisor === 0) continue
        const run = Array.from({ length }, (_, i): Term => ({ column: from + i, sign: 1 }))
        const leak = confirm(search, run, divisor)
        if (leak !== undefined) return leak
      }
    }
  }
  return undefined
}

/** Checks a candidate on every row in which the target and all terms are known. */
function confirm(
  { columns, target, tolerance }: Search,
  terms: readonly Term[],
  divisor: number,
): Leak | undefined {
  const members = terms.map(({ column, sign }) => ({
    numbers: columns[column]?.numbers ?? new Float64Array(),
    sign,
  }))
  let kept = 0
  let broken = 0
  for (let row = 0; row < target.numbers.length; row++) {
    const actual = target.numbers[row] ?? Number.NaN
    let sum = 0
    let scale = Math.abs(actual)
    for (const { numbers, sign } of members) {
      const number = numbers[row] ?? Number.NaN
      sum += sign * number
      scale += Math.abs(number)
    }
    if (Number.isNaN(sum + actual)) continue
    if (near(sum / divisor, actual, tolerance + scale * 1e-9)) kept++
    else broken++
    if (broken > target.numbers.length * (1 - RULE_SHARE)) return undefined
  }
  const share = kept / (kept + broken)
  if (kept < LEAST_ROWS || share < RULE_SHARE) return undefined
  const names = terms.map(({ column }) => columns[column]?.name ?? '')
  return { columns: names, rule: ruleOf(names, terms, divisor, target.name), share }
}

function ruleOf(names: readonly string[], terms: readonly Term[], divisor: number, target: string): string {
  const shown = names.length <= 6 ? names : [...names.slice(0, 2), '…', ...names.slice(-1)]
  const words = shown.map((name) => (name === '…' ? name : quoted(name)))
  if (divisor > 1) return `the mean of ${words.join(', ')} = ${quoted(target)}`
  const sum = words
    .map((word, i) => (i === 0 ? word : `${terms[i]?.sign === -1 ? '-' : '+'} ${word}`))
    .join(' ')
  return `${sum} = ${quoted(target)}`
}

function near(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance
}

/** One unit of the last decimal that the target is written with, where that is small beside its spread. */
function roundingOf(numbers: Float64Array): number {
  const known = numbers.filter((number) => !Number.isNaN(number))
  if (known.every(Number.isInteger)) return 0
  const unit = [0.1, 0.01, 0.001, 0.0001].find((each) => known.every((number) => isMultiple(number, each)))
  return unit !== undefined && unit < spreadOf(known) / 50 ? unit : 0
}

function isMultiple(number: number, unit: number): boolean {
  const times = number / unit
  return near(times, Math.round(times), 1e-6)
}

function spreadOf(numbers: Float64Array): number {
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length
  return Math.sqrt(numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / numbers.length)
}
