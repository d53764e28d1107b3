import { createReadStream, type Stats } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream'
import { KnownError, usageError } from '../../errors.ts'
import { refuseForeignFormat } from './magic.ts'

/** A file of up to this many bytes, decompressed, is read once and kept in memory. */
const HEAD_BYTES = 4 * 1024 * 1024
/** Of a longer file, so much is sampled as a whole; the rest in blocks. */
export const START_BYTES = 1024 * 1024
const BLOCK_BYTES = 64 * 1024

export type OnBytes = (readFromDisk: number) => void

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
  const stats = await statOf(file)
  const start = await readAt(file, 0, Math.min(stats.size, HEAD_BYTES + 1))
  refuseForeignFormat(basename(file), start)
  const shared = { file, size: stats.size }
  if (start.subarray(0, 4).equals(PARQUET)) {
    return { ...shared, ...plainBytes(file, start, stats.size), format: 'parquet', compression: 'none' }
  }
  if (start[0] === 0x1f && start[1] === 0x8b) {
    return { ...shared, ...(await gzipBytes(file)), format: 'csv', compression: 'gzip' }
  }
  return { ...shared, ...plainBytes(file, start, stats.size), format: 'csv', compression: 'none' }
}

const PARQUET = Buffer.from('PAR1')

type Access = Pick<Bytes, 'head' | 'complete' | 'stream' | 'spread'>

function plainBytes(file: string, start: Buffer, size: number): Access {
  const head = start.subarray(0, HEAD_BYTES)
  const complete = size <= HEAD_BYTES
  return {
    head,
    complete,
    stream: (onBytes) => (complete ? once(head) : rawStream(file, onBytes)),
    spread: (count) => readBlocks(file, { from: START_BYTES, to: size, count }),
  }
}

async function gzipBytes(file: string): Promise<Access> {
  const stream = (onBytes?: OnBytes) => gunzipped(file, onBytes)
  const head = await firstBytes(stream(), HEAD_BYTES + 1)
  if (head.length === 0) throw emptyFile(file)
  return {
    head: head.subarray(0, HEAD_BYTES),
    complete: head.length <= HEAD_BYTES,
    stream: (onBytes) => (head.length <= HEAD_BYTES ? once(head) : stream(onBytes)),
    spread: (count) => drawBlocks(stream(), { skip: START_BYTES, count }),
  }
}

async function statOf(file: string): Promise<Stats> {
  const stats = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(file, error)
  })
  if (stats.isDirectory()) {
    throw usageError(`${file} is a directory, expected a data file`, 'Name one CSV, TSV or Parquet file.')
  }
  if (!stats.isFile()) throw usageError(`${file} is no regular file`, 'Copy the data into a file first.')
  if (stats.size === 0) throw emptyFile(file)
  return stats
}

async function readAt(file: string, position: number, length: number): Promise<Buffer> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(file, error)
  })
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    throw unreadable(file, error as NodeJS.ErrnoException)
  } finally {
    await handle.close()
  }
}

async function readBlocks(file: string, range: { from: number; to: number; count: number }) {
  const { from, to, count } = range
  const blocks: Buffer[] = []
  for (let i = 0; i < count; i++) {
    // An even offset, so that a two-byte encoding stays in step.
    const position = (from + Math.floor(((to - from) * i) / count)) & ~1
    blocks.push(await readAt(file, position, Math.min(BLOCK_BYTES, to - position)))
  }
  return blocks
}

/** The same for a stream of unknown length: a reservoir of blocks, drawn with a fixed seed. */
async function drawBlocks(stream: AsyncIterable<Buffer>, { skip, count }: { skip: number; count: number }) {
  const random = seededRandom(1)
  const drawn: { position: number; block: Buffer }[] = []
  let position = 0
  let seen = 0
  for await (const block of stream) {
    if (position >= skip) {
      const slot = seen < count ? seen : Math.floor(random() * (seen + 1))
      if (slot < count) drawn[slot] = { position, block }
      seen++
    }
    position += block.length
  }
  return drawn.sort((a, b) => a.position - b.position).map(({ block }) => block)
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
  const { createGunzip } = await import('node:zlib')
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

async function* once(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes
}

/** A small generator of numbers from 0 to 1 (mulberry32): the same seed draws the same sample. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
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
