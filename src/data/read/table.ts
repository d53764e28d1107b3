import type { DictionaryBuilder } from '../columns/dictionary.ts'
import type { Source } from '../contract.ts'
import { openBytes } from './bytes.ts'
import type { Encoding } from './encoding.ts'

export type OnCell = (column: number, value: string, line: number) => void
export type OnProgress = (fraction: number) => void

/** Where the bytes are and how they become cells; how cells become values is found out later. */
type CellSource = Omit<Source, 'path' | 'decimal' | 'thousands' | 'missing'>

/** A data file as rows of cells, whatever its format. */
export interface Table {
  readonly source: CellSource
  readonly names: readonly string[]
  /** A part of the rows, in the file's order and from all over it; every row where `complete`. */
  readonly sample: DictionaryBuilder
  readonly complete: boolean
  /** Reads all rows once, and gives their number. The cells of a column come in order. */
  scan(onCell: OnCell, onProgress: OnProgress): Promise<number>
}

/** A sample is bounded by rows, and in wide tables by cells. */
export function sampleSize(columns: number): number {
  return Math.max(1000, Math.min(50_000, Math.floor(5_000_000 / columns)))
}

/**
 * Opens a data file as a table; a text in the given encoding, or in the one of its beginning.
 *
 * @throws KnownError when the file cannot be read or is no table
 */
export async function openTable(file: string, encoding?: Encoding): Promise<Table> {
  const bytes = await openBytes(file)
  if (bytes.format === 'parquet') {
    const { openParquet } = await import('./parquet.ts')
    return openParquet(bytes)
  }
  const { openCsv } = await import('./csv.ts')
  return openCsv(bytes, encoding)
}

/** `count` elements, evenly spread. */
export function evenly<T>(elements: readonly T[], count: number): T[] {
  if (elements.length <= count) return [...elements]
  return Array.from({ length: count }, (_, i) => elements[Math.floor((i * elements.length) / count)] as T)
}
