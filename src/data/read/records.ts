import Papa from 'papaparse'
import { KnownError } from '../../errors.ts'
import type { Dialect } from './dialect.ts'

/** Longer than any honest record: only a quote that is never closed gets here. */
const LONGEST_RECORD = 16 * 1024 * 1024

export type OnRecord = (cells: string[], line: number) => void

/** Turns text that arrives in pieces into records, without ever holding more than a piece and one record. */
export class RecordReader {
  readonly #parser: Papa.Parser
  readonly #quote: string
  readonly #onRecord: OnRecord
  #rest = ''
  #line = 1

  constructor(dialect: Dialect, onRecord: OnRecord) {
    this.#parser = new Papa.Parser({ delimiter: dialect.delimiter, quoteChar: dialect.quote, newline: '\n' })
    this.#quote = dialect.quote
    this.#onRecord = onRecord
  }

  /** Reads the records that are complete by now. */
  push(piece: string): void {
    const joined = this.#rest + piece
    // A carriage return at the end may be the first half of a line end.
    const held = joined.endsWith('\r') ? '\r' : ''
    const text = withLineFeeds(joined.slice(0, joined.length - held.length))
    const consumed = this.#read(text, true)
    this.#rest = text.slice(consumed) + held
    if (this.#rest.length > LONGEST_RECORD) throw this.#unclosedQuote()
  }

  /** Reads what is left. */
  end(): void {
    const text = withLineFeeds(this.#rest)
    this.#rest = ''
    if (text !== '') this.#read(text, false)
  }

  #read(text: string, ignoreLast: boolean): number {
    const { data, errors, meta } = this.#parser.parse(text, 0, ignoreLast) as Papa.ParseResult<string[]>
    const isUnclosed = errors.some(({ code }) => code === 'MissingQuotes')
    if (isUnclosed) data.pop()
    const isMultiline = text.includes(this.#quote)
    for (const cells of data) {
      if (cells.length > 1 || cells[0] !== '') this.#onRecord(cells, this.#line)
      this.#line += isMultiline ? 1 + lineFeeds(cells) : 1
    }
    if (isUnclosed) throw this.#unclosedQuote()
    return meta.cursor
  }

  #unclosedQuote(): KnownError {
    return new KnownError(`line ${this.#line}: a quoted field begins here and never ends`, {
      hint: `Close it with ${this.#quote}, or double a ${this.#quote} that is part of the text.`,
    })
  }
}

/** The first records of a text that ends anywhere. */
export function parseRecords(text: string, dialect: Dialect, limit: number): string[][] {
  const parser = new Papa.Parser({
    delimiter: dialect.delimiter,
    quoteChar: dialect.quote,
    newline: '\n',
    preview: limit,
  })
  const { data } = parser.parse(text, 0, false) as Papa.ParseResult<string[]>
  return data.filter((cells) => cells.length > 1 || cells[0] !== '')
}

function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

function lineFeeds(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) count++
  }
  return count
}
