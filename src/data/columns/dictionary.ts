/** One column of the sample: its distinct values, and for each row which of them it has. */
export interface Dictionary {
  readonly values: readonly string[]
  /** How often each value occurs. */
  readonly counts: readonly number[]
  /** The row in which each value occurs first. */
  readonly firstRows: readonly number[]
  readonly codes: Int32Array
}

/** Most questions about a column are questions about its distinct values, which are far fewer than its rows. */
export function encodeColumns(rows: readonly (readonly string[])[], width: number): Dictionary[] {
  return Array.from({ length: width }, (_, column) => encodeColumn(rows, column))
}

function encodeColumn(rows: readonly (readonly string[])[], column: number): Dictionary {
  const index = new Map<string, number>()
  const values: string[] = []
  const counts: number[] = []
  const firstRows: number[] = []
  const codes = new Int32Array(rows.length)
  for (let row = 0; row < rows.length; row++) {
    const value = rows[row]?.[column] ?? ''
    let code = index.get(value)
    if (code === undefined) {
      code = values.length
      index.set(value, code)
      values.push(value)
      counts.push(0)
      firstRows.push(row)
    }
    counts[code] = (counts[code] ?? 0) + 1
    codes[row] = code
  }
  return { values, counts, firstRows, codes }
}
