import { closeSync, createReadStream, openSync, readSync, type Stats, statSync } from 'node:fs'
import { basename } from 'node:path'
import { KnownError, usageError } from '../../errors.ts'
import { refuseForeignFormat } from './magic.ts'
import { drawBlocks } from './reservoir.ts'

/** A file of up to this many bytes, decompressed, is read once and kept in memory. */
const HEAD_BYTES = 4 * 1024 * 1024
/** Of a longer file, so much is sampled as a whole; the rest in blocks. */
export const START_BYTES = 1024 * 1024
const BLOCK_BYTES = 64 * 1024

type OnBytes = (readFromDisk: number) => void

/** The decompressed bytes of a data file whose kind was recognised, but not yet its text. */
export interface Bytes {
  readonly file: string
  readonly format: 'csv' | 'parquet'
  readonly compression: 'none' | 'gzip'
  /** On disk, before decompression. */
  readonly size: number
  /** How the file begins; the whole file where `complete`. */
  readonly head: Buffer
  readonly complete: boolean
  /** All bytes, in order. */
  stream(onBytes?: OnBytes): AsyncIterable<Buffer>
  /** Blocks spread evenly over what follows the start, in order; each begins and ends anywhere in a line. */
  spread(count: number): Promise<Buffer[]>
}

/**
 * Opens a data file.
 *
 * @throws KnownError when it is missing, no file, unreadable, empty, damaged, or of a kind that is not read here
 */
export async function openBytes(file: string): Promise<Bytes> {
  const { size } = statOf(file)
  const start = readAt(file, 0, Math.min(size, HEAD_BYTES))
  refuseForeignFormat(basename(file), start)
  const shared = { file, size }
  if (start.subarray(0, 4).equals(PARQUET)) {
    return { ...shared, ...plainBytes(file, start, size), format: 'parquet', compression: 'none' }
  }
  if (start[0] === 0x1f && start[1] === 0x8b) {
    return { ...shared, ...(await gzipBytes(file, start, size)), format: 'csv', compression: 'gzip' }
  }
  return { ...shared, ...plainBytes(file, start, size), format: 'csv', compression: 'none' }
}

const PARQUET = Buffer.from('PAR1')

type Access = Pick<Bytes, 'head' | 'complete' | 'stream' | 'spread'>

function plainBytes(file: string, head: Buffer, size: number): Access {
  return {
    head,
    complete: head.length === size,
    stream: (onBytes) => rawStream(file, onBytes),
    spread: async (count) => readBlocks(file, { from: START_BYTES, to: size, count }),
  }
}

async function gzipBytes(file: string, start: Buffer, size: number): Promise<Access> {
  const whole = start.length === size ? await unpackWhole(file, start) : undefined
  const head = whole ?? (await firstBytes(gunzipped(file), HEAD_BYTES))
  if (head.length === 0) throw emptyFile(file)
  return {
    head,
    complete: whole !== undefined,
    stream: (onBytes) => gunzipped(file, onBytes),
    spread: (count) => drawBlocks(gunzipped(file), { skip: START_BYTES, count }),
  }
}

/** Unpacks a small file in one go, or gives nothing if it turns out to be large. */
async function unpackWhole(file: string, packed: Buffer): Promise<Buffer | undefined> {
  const { gunzipSync } = await import('node:zlib')
  try {
    return gunzipSync(packed, { maxOutputLength: HEAD_BYTES })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined
    throw damaged(file, error as NodeJS.ErrnoException)
  }
}

function statOf(file: string): Stats {
  const stats = attempt(file, () => statSync(file))
  if (stats.isDirectory()) {
    throw usageError(`${file} is a directory, expected a data file`, 'Name one CSV, TSV or Parquet file.')
  }
  if (!stats.isFile()) throw usageError(`${file} is no regular file`, 'Copy the data into a file first.')
  if (stats.size === 0) throw emptyFile(file)
  return stats
}

function readAt(file: string, position: number, length: number): Buffer {
  const descriptor = attempt(file, () => openSync(file, 'r'))
  try {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(
      0,
      attempt(file, () => readSync(descriptor, bytes, 0, length, position)),
    )
  } finally {
    closeSync(descriptor)
  }
}

function attempt<T>(file: string, access: () => T): T {
  try {
    return access()
  } catch (error) {
    throw unreadable(file, error as NodeJS.ErrnoException)
  }
}

function readBlocks(
  file: string,
  { from, to, count }: { from: number; to: number; count: number },
): Buffer[] {
  return Array.from({ length: count }, (_, i) => {
    // An even offset, so that a two-byte encoding stays in step.
    const position = (from + Math.floor(((to - from) * i) / count)) & ~1
    return readAt(file, position, Math.min(BLOCK_BYTES, to - position))
  })
}

async function* rawStream(file: string, onBytes?: OnBytes): AsyncIterable<Buffer> {
  const input = createReadStream(file, { highWaterMark: 1024 * 1024 })
  try {
    for await (const chunk of input) {
      onBytes?.(input.bytesRead)
      yield chunk
    }
  } catch (error) {
    throw unreadable(file, error as NodeJS.ErrnoException)
  }
}

async function* gunzipped(file: string, onBytes?: OnBytes): AsyncIterable<Buffer> {
  const [{ createGunzip }, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream')])
  const input = createReadStream(file)
  // The failure of either stream reaches the loop below, so the callback has nothing left to do.
  const output = pipeline(input, createGunzip({ chunkSize: BLOCK_BYTES }), () => {})
  try {
    for await (const chunk of output) {
      onBytes?.(input.bytesRead)
      yield chunk
    }
  } catch (error) {
    throw damaged(file, error as NodeJS.ErrnoException)
  }
}

async function firstBytes(stream: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= limit) break
  }
  return Buffer.concat(chunks).subarray(0, limit)
}

function emptyFile(file: string): KnownError {
  return usageError(
    `${file} is empty`,
    'Expected a table: a line of column names, then one line for each row.',
  )
}

function damaged(file: string, error: NodeJS.ErrnoException): KnownError {
  if (!error.code?.startsWith('Z_')) return unreadable(file, error)
  const problem = error.code === 'Z_BUF_ERROR' ? 'ends too early: it is cut short' : 'is damaged'
  return new KnownError(`${file} ${problem} (gzip: ${error.message})`, {
    hint: 'Copy or download the file again; `gzip -t FILE` tests it.',
    cause: error,
  })
}

function unreadable(file: string, error: NodeJS.ErrnoException): KnownError {
  if (error.code === 'ENOENT') return usageError(`${file} does not exist`, 'Check the path of the data file.')
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return usageError(`${file} cannot be read: permission denied`, 'Give yourself read access to it.')
  }
  return new KnownError(`${file} cannot be read: ${error.message}`, { cause: error })
}
