/** One column of the sample: its distinct values, and for each row which of them it has. */
export interface Dictionary {
  readonly values: readonly string[]
  /** How often each value occurs. */
  readonly counts: readonly number[]
  /** The line in which each value occurs first. */
  readonly lines: readonly number[]
  readonly codes: readonly number[]
}

/**
 * Takes rows and keeps them as dictionaries. Most questions about a column are questions about its distinct
 * values, which are far fewer than its rows; and the rows themselves need not stay in memory.
 */
export class DictionaryBuilder {
  readonly #columns: readonly ColumnBuilder[]

  constructor(columns: number) {
    this.#columns = Array.from({ length: columns }, () => new ColumnBuilder())
  }

  get dictionaries(): readonly Dictionary[] {
    return this.#columns
  }

  get rows(): number {
    return this.#columns[0]?.codes.length ?? 0
  }

  addRow(cells: readonly string[], line: number): void {
    for (let i = 0; i < this.#columns.length; i++) this.#columns[i]?.add(cells[i] ?? '', line)
  }

  addCell(column: number, value: string, line: number): void {
    this.#columns[column]?.add(value, line)
  }
}

class ColumnBuilder implements Dictionary {
  readonly values: string[] = []
  readonly counts: number[] = []
  readonly lines: number[] = []
  readonly codes: number[] = []
  readonly #index = new Map<string, number>()
  #last = -1

  add(value: string, line: number): void {
    // A value is often that of the row above, which is cheaper to see than to look up.
    const known = this.values[this.#last] === value ? this.#last : this.#index.get(value)
    const code = known ?? this.values.length
    this.#last = code
    this.codes.push(code)
    if (known !== undefined) {
      this.counts[code] = (this.counts[code] ?? 0) + 1
      return
    }
    this.#index.set(value, code)
    this.values.push(value)
    this.counts.push(1)
    this.lines.push(line)
  }
}
