import type { Sampled } from './sampled.ts'

const ROWS = 32

/** A weighted sum of a few rows of each column: what is a sum of columns in every row is one here, too. */
export interface Projection {
  /** In the order of the columns. */
  readonly values: readonly number[]
  readonly target: number
  /** How far rounding in the rows may move a sum. */
  readonly tolerance: number
  /** The columns by their value. */
  readonly sorted: readonly number[]
}

/** Projections of different rows, so that a slip of the data spoils only one of them. */
export function project(columns: readonly Sampled[], target: Sampled, rowTolerance: number): Projection[] {
  const count = target.numbers.length
  return [0, 1, 2].map((part) => {
    const rows = Array.from({ length: ROWS }, (_, i) => Math.floor(((i * 3 + part) * count) / (ROWS * 3)))
    const weights = rows.map((_, i) => 1 + ((i * 7919 + part * 104_729) % 1009) / 1009)
    const of = (numbers: Float64Array) =>
      rows.reduce((sum, row, i) => sum + (weights[i] ?? 0) * (numbers[row] || 0), 0)
    const values = columns.map(({ numbers }) => of(numbers))
    const scale = Math.max(...values.map(Math.abs), Math.abs(of(target.numbers)))
    return {
      values,
      target: of(target.numbers),
      tolerance: rowTolerance * 2 * ROWS + scale * 1e-9,
      sorted: [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0)),
    }
  })
}

/** The columns whose projection is `value`, within the tolerance. */
export function* columnsAt({ values, sorted, tolerance }: Projection, value: number): Iterable<number> {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[sorted[middle] ?? 0] ?? 0) < value - tolerance) low = middle + 1
    else high = middle
  }
  for (let i = low; i < sorted.length; i++) {
    const column = sorted[i] ?? 0
    if ((values[column] ?? 0) > value + tolerance) return
    yield column
  }
}
