import { basename } from 'node:path'
import {
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
} from 'hyparquet'
import { KnownError } from '../../errors.ts'
import { DictionaryBuilder } from '../columns/dictionary.ts'
import type { Bytes } from './bytes.ts'
import { checkNames } from './columns.ts'
import { evenly, type OnCell, type OnProgress, sampleSize, type Table } from './table.ts'

/** In a longer file, so many row groups give the sample. */
const SAMPLED_GROUPS = 16

interface Group {
  readonly from: number
  readonly rows: number
}

interface ParquetFile {
  readonly path: string
  readonly buffer: Awaited<ReturnType<typeof asyncBufferFromFile>>
  readonly metadata: FileMetaData
  readonly names: readonly string[]
  readonly groups: readonly Group[]
}

/** @throws KnownError when the file is damaged or has no rows */
export async function openParquet(bytes: Bytes): Promise<Table> {
  const file = await understanding(bytes.file, () => openFile(bytes.file))
  checkNames(file.path, file.names)
  const total = totalRows(file.groups)
  if (total === 0) {
    throw new KnownError(`${basename(file.path)} has no rows`, { hint: 'Expected at least one row of data.' })
  }
  const size = sampleSize(file.names.length)
  const complete = total <= size
  const sample = complete ? await sampleGroups(file, file.groups, total) : await sampleSome(file, size)
  return {
    source: {
      format: 'parquet',
      compression: 'none',
      encoding: 'utf-8',
      delimiter: ',',
      quote: '"',
      header: true,
    },
    names: file.names,
    sample,
    complete,
    scan: (onCell, onProgress) => scanGroups(file, onCell, onProgress),
  }
}

async function openFile(path: string): Promise<ParquetFile> {
  const buffer = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(buffer)
  let from = 0
  const groups = metadata.row_groups.map((group) => {
    const rows = Number(group.num_rows)
    from += rows
    return { from: from - rows, rows }
  })
  const names = parquetSchema(metadata).children.map(({ element }) => element.name)
  return { path, buffer, metadata, names, groups }
}

function sampleSome(file: ParquetFile, size: number): Promise<DictionaryBuilder> {
  const groups = evenly(file.groups, SAMPLED_GROUPS)
  return sampleGroups(file, groups, Math.ceil(size / groups.length))
}

async function sampleGroups(
  file: ParquetFile,
  groups: readonly Group[],
  rowsEach: number,
): Promise<DictionaryBuilder> {
  const sample = new DictionaryBuilder(file.names.length)
  for (const group of groups) {
    const rows = evenly([...Array(group.rows).keys()], rowsEach)
    for (const column of file.names.keys()) {
      const values = await readColumn(file, group, column)
      for (const row of rows) sample.addCell(column, cellOf(values[row]), group.from + row + 1)
    }
  }
  return sample
}

async function scanGroups(file: ParquetFile, onCell: OnCell, onProgress: OnProgress): Promise<number> {
  const total = totalRows(file.groups)
  for (const group of file.groups) {
    for (const column of file.names.keys()) {
      const values = await readColumn(file, group, column)
      for (let row = 0; row < group.rows; row++) onCell(column, cellOf(values[row]), group.from + row + 1)
    }
    onProgress((group.from + group.rows) / total)
  }
  return total
}

/** Reads one column of one group, which is all that is in memory at a time. */
async function readColumn(file: ParquetFile, group: Group, column: number): Promise<unknown[]> {
  const values = new Array<unknown>(group.rows)
  const { compressors } = await import('hyparquet-compressors')
  await understanding(file.path, () =>
    parquetRead({
      file: file.buffer,
      metadata: file.metadata,
      columns: [file.names[column] ?? ''],
      rowStart: group.from,
      rowEnd: group.from + group.rows,
      compressors,
      onChunk: ({ columnData, rowStart }) => {
        for (let i = 0; i < columnData.length; i++) values[rowStart - group.from + i] = columnData[i]
      },
    }),
  )
  return values
}

/** A value as it would stand in a CSV file. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value)
  if (typeof value !== 'object') return String(value)
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner))
}

function totalRows(groups: readonly Group[]): number {
  return groups.reduce((sum, { rows }) => sum + rows, 0)
}

async function understanding<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw new KnownError(`${basename(path)} cannot be read as Parquet: ${(error as Error).message}`, {
      hint: 'The file seems to be damaged or cut short; write or copy it again.',
      cause: error,
    })
  }
}
