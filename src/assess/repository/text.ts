import { readFileSync } from 'node:fs'

/** Larger files are data, or were generated. */
const LARGEST = 2_000_000

/**
 * The text of a file with `\n` at the ends of lines, in UTF-8, UTF-16 with its mark, or else Latin-1, which any byte
 * is; undefined for what is binary, too large or not readable.
 */
export function readText(path: string, size: number): string | undefined {
  if (size > LARGEST) return undefined
  try {
    return decode(readFileSync(path))?.replace(/\r\n?/g, '\n')
  } catch {
    return undefined
  }
}

function decode(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (bytes.subarray(0, 8000).includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('latin1').decode(bytes)
  }
}
