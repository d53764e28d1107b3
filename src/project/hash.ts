import { createHash } from 'node:crypto'
import type { ReadableFileSystem } from './file-system.ts'

const CHUNK = 1 << 20

export function hashOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The hash of a file of any size, read piece by piece. */
export function hashOfFile(fs: ReadableFileSystem, file: string): string {
  const hash = createHash('sha256')
  for (const chunk of chunksOf(fs, file)) hash.update(chunk)
  return hash.digest('hex')
}

/** The content of a file in pieces; a piece is only valid until the next one is asked for. */
export function* chunksOf(fs: ReadableFileSystem, file: string): Generator<Uint8Array> {
  const descriptor = fs.openSync(file, 'r')
  try {
    // One byte more than the file has shows its end in the first piece of a small one.
    const size = Math.min(CHUNK, fs.fstatSync(descriptor).size + 1)
    const buffer = Buffer.allocUnsafe(size)
    for (;;) {
      const length = fs.readSync(descriptor, buffer, 0, size, null)
      if (length === 0) return
      yield buffer.subarray(0, length)
    }
  } finally {
    fs.closeSync(descriptor)
  }
}
