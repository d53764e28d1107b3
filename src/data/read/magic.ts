import { KnownError, usageError } from '../../errors.ts'

interface ForeignFormat {
  readonly magic: readonly number[]
  readonly name: string
  readonly advice: string
}

const FOREIGN: readonly ForeignFormat[] = [
  {
    magic: [0x50, 0x4b, 0x03, 0x04],
    name: 'a zip archive or an Excel workbook',
    advice: 'Unpack it, or save the sheet as CSV.',
  },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], name: 'an old Excel workbook', advice: 'Save the sheet as CSV.' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], name: 'compressed by zstd', advice: 'Unpack it, or use gzip.' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], name: 'compressed by xz', advice: 'Unpack it, or use gzip.' },
  { magic: [0x42, 0x5a, 0x68], name: 'compressed by bzip2', advice: 'Unpack it, or use gzip.' },
  {
    magic: [...Buffer.from('SQLite format 3')],
    name: 'an SQLite database',
    advice: 'Export one table as CSV.',
  },
  { magic: [...Buffer.from('%PDF')], name: 'a PDF', advice: 'Name a CSV, TSV or Parquet file.' },
  { magic: [0x89, 0x48, 0x44, 0x46], name: 'an HDF5 file', advice: 'Export one table as CSV or Parquet.' },
  { magic: [...Buffer.from('ARROW1')], name: 'an Arrow file', advice: 'Save the table as Parquet.' },
]

/** @throws KnownError when the first bytes are those of a well-known format that is not read here */
export function refuseForeignFormat(name: string, start: Buffer): void {
  const foreign = FOREIGN.find(({ magic }) => magic.every((byte, i) => start[i] === byte))
  if (foreign !== undefined) throw usageError(`${name} is ${foreign.name}, expected a table`, foreign.advice)
}

/** @throws KnownError when this is no text: text has no zero bytes, and hardly any other control characters */
export function refuseBinary(name: string, text: string): void {
  const junk = text.match(/[^\P{Cc}\t\n\r\f]/gu)?.length ?? 0
  if (!text.includes('\0') && junk <= text.length / 100) return
  throw new KnownError(`${name} is no text: it looks like binary data`, {
    hint: 'Expected a CSV, TSV or Parquet file (CSV and TSV may be compressed by gzip).',
  })
}
