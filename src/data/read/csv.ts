import { basename } from 'node:path'
import { KnownError } from '../../errors.ts'
import { DictionaryBuilder } from '../columns/dictionary.ts'
import { type Bytes, START_BYTES } from './bytes.ts'
import { checkNames } from './columns.ts'
import { type Dialect, detectDialect } from './dialect.ts'
import { decode, decodeAll, decodePiece, detectEncoding, type Encoding } from './encoding.ts'
import { hasHeader } from './header.ts'
import { refuseBinary } from './magic.ts'
import { type OnRecord, parseRecords, RecordReader } from './records.ts'
import { evenly, type OnCell, type OnProgress, sampleSize, type Table } from './table.ts'

const BLOCKS = 64
const PIECE = 64 * 1024

/** A text file whose form is known. */
interface TextFile {
  readonly bytes: Bytes
  readonly encoding: Encoding
  readonly dialect: Dialect
  readonly header: boolean
  readonly names: readonly string[]
}

/** @throws KnownError when the text is no table */
export async function openCsv(bytes: Bytes, encoding?: Encoding): Promise<Table> {
  return openText(bytes, encoding ?? (await detectEncoding(bytes.head, bytes.complete)))
}

async function openText(bytes: Bytes, encoding: Encoding): Promise<Table> {
  refuseBinary(basename(bytes.file), decodePiece(bytes.head.subarray(0, 64 * 1024), encoding))
  const head = bytes.complete
    ? decodeAll(bytes.head, encoding)
    : decodePiece(bytes.head.subarray(0, START_BYTES), encoding)
  const dialect = detectDialect(head)
  const text = describeText(bytes, encoding, dialect, head)
  const sample = bytes.complete ? sampleAll(text, head) : await sampleSome(text, head)
  if (sample.rows === 0) throw headerOnly(bytes.file)
  return {
    source: {
      format: 'csv',
      compression: bytes.compression,
      encoding: encoding.codec,
      ...dialect,
      header: text.header,
    },
    names: text.names,
    sample,
    complete: bytes.complete,
    scan: (onCell, onProgress) => scanText(text, onCell, onProgress),
  }
}

function describeText(bytes: Bytes, encoding: Encoding, dialect: Dialect, head: string): TextFile {
  const start = head.slice(0, 1024 * 1024).replace(/\r\n?/g, '\n')
  const records = parseRecords(start, dialect, 200)
  const [first] = records
  if (first === undefined) throw headerOnly(bytes.file)
  const header = hasHeader(records)
  const names = header ? first : first.map((_, i) => `column_${i + 1}`)
  checkNames(bytes.file, names)
  return { bytes, encoding, dialect, header, names }
}

/** Every row, in pieces, so that only a few rows exist at a time. */
function sampleAll(text: TextFile, whole: string): DictionaryBuilder {
  const sample = new DictionaryBuilder(text.names.length)
  const reader = new RecordReader(
    text.dialect,
    rowsOnly(text, (cells, line) => sample.addRow(cells, line)),
  )
  naming(text.bytes.file, () => {
    for (let from = 0; from < whole.length; from += PIECE) reader.push(whole.slice(from, from + PIECE))
    reader.end()
  })
  return sample
}

/** A quarter from the start, the rest from all over the file. */
async function sampleSome(text: TextFile, start: string): Promise<DictionaryBuilder> {
  const sample = new DictionaryBuilder(text.names.length)
  const size = sampleSize(text.names.length)
  const rows: string[][] = []
  const reader = new RecordReader(
    text.dialect,
    rowsOnly(text, (cells) => rows.push(cells)),
  )
  naming(text.bytes.file, () => reader.push(start))
  const first = rows.slice(0, size / 4)
  const share = Math.ceil((size - first.length) / (BLOCKS + 1))
  const take = (some: readonly string[][]) => {
    for (const cells of some) sample.addRow(cells, 0)
  }
  take(first)
  take(evenly(rows.slice(first.length), share))
  for (const block of await text.bytes.spread(BLOCKS)) take(evenly(blockRows(text, block), share))
  return sample
}

/** The whole rows of a block. Where it began inside a quoted field, what is no row of the table is dropped. */
function blockRows(text: TextFile, block: Buffer): string[][] {
  const piece = decodePiece(block, text.encoding).replace(/\r\n?/g, '\n')
  const from = piece.indexOf('\n') + 1
  const to = piece.lastIndexOf('\n')
  if (from === 0 || to <= from) return []
  const records = parseRecords(piece.slice(from, to), text.dialect, 0)
  return records.filter((cells) => cells.length === text.names.length)
}

async function scanText(text: TextFile, onCell: OnCell, onProgress: OnProgress): Promise<number> {
  let rows = 0
  const onRow: OnRecord = (cells, line) => {
    rows++
    for (let i = 0; i < cells.length; i++) onCell(i, cells[i] ?? '', line)
  }
  const reader = new RecordReader(text.dialect, rowsOnly(text, onRow))
  const chunks = text.bytes.stream((bytesRead) => onProgress(bytesRead / text.bytes.size))
  for await (const piece of decode(chunks, text.encoding)) naming(text.bytes.file, () => reader.push(piece))
  naming(text.bytes.file, () => reader.end())
  return rows
}

/** Leaves the header out, and holds every row to its number of fields. */
function rowsOnly(text: TextFile, onRow: OnRecord): OnRecord {
  const width = text.names.length
  let skip = text.header
  return (cells, line) => {
    if (skip) skip = false
    else if (cells.length === width) onRow(cells, line)
    else throw unevenRow(cells.length, line, text)
  }
}

function unevenRow(fields: number, line: number, text: TextFile): KnownError {
  return new KnownError(
    `line ${line} has ${fields} ${fields === 1 ? 'field' : 'fields'}, but the first line has ${text.names.length}`,
    {
      hint:
        `Correct or remove that line. The fields are divided by ${JSON.stringify(text.dialect.delimiter)}; ` +
        `one that contains it must be in ${text.dialect.quote}quotes${text.dialect.quote}.`,
    },
  )
}

/** Puts the file's name before a message about one of its lines. */
function naming(file: string, read: () => void): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    throw new KnownError(`${basename(file)}, ${error.message}`, { ...(error.hint && { hint: error.hint }) })
  }
}

function headerOnly(file: string): KnownError {
  return new KnownError(`${basename(file)} has no rows`, {
    hint: 'Expected a line of column names, then one line for each row.',
  })
}
