import { isUtf8 } from 'node:buffer'

const DETECTION_BYTES = 256 * 1024

/** How the bytes of a text become characters. */
export interface Encoding {
  /** For Python. */
  readonly codec: string
  /** For TextDecoder. */
  readonly label: string
}

const UTF8: Encoding = { codec: 'utf-8', label: 'utf-8' }

/** Decides by the byte order mark, else valid UTF-8, else by the likeliest letters. */
export async function detectEncoding(head: Buffer, complete: boolean): Promise<Encoding> {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { codec: 'utf-8-sig', label: 'utf-8' }
  if (head[0] === 0xff && head[1] === 0xfe) return { codec: 'utf-16', label: 'utf-16le' }
  if (head[0] === 0xfe && head[1] === 0xff) return { codec: 'utf-16', label: 'utf-16be' }
  if (isUtf8(complete ? head : wholeLines(head))) return twoByteEncoding(head) ?? UTF8
  return twoByteEncoding(head) ?? guessEncoding(head)
}

/** Thrown where a file's bytes turn out not to be in the encoding of its beginning. */
export class EncodingChange extends Error {
  override readonly name = 'EncodingChange'
  readonly bytes: Buffer

  constructor(bytes: Buffer) {
    super('the bytes are not in the expected encoding')
    this.bytes = bytes
  }
}

/** The likeliest encoding of text that is no UTF-8; the Western one where the evidence is thin. */
export async function guessEncoding(bytes: Buffer): Promise<Encoding> {
  const { analyse } = await import('chardet')
  const matches = analyse(aroundForeignBytes(bytes)).map(({ name, confidence }) => ({
    name: name.toLowerCase(),
    confidence,
  }))
  const [best] = matches
  const western = matches.find(({ name }) => WESTERN.has(name))
  if (best === undefined || !isDecodable(best.name)) return WINDOWS
  if (best.name === 'utf-8' || best.confidence - (western?.confidence ?? 0) <= CLEAR_LEAD) return WINDOWS
  return { codec: best.name, label: best.name }
}

/** In percent. */
const CLEAR_LEAD = 15
const WINDOWS: Encoding = { codec: 'windows-1252', label: 'windows-1252' }
/** The same but for control characters, which no table holds. */
const WESTERN = new Set(['iso-8859-1', 'windows-1252'])

/** @throws EncodingChange */
export async function* decode(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncIterable<string> {
  if (encoding.label === 'utf-8') yield* decodeUtf8(chunks)
  else yield* decodeOther(chunks, encoding)
}

/** Decodes a whole text. @throws EncodingChange */
export function decodeAll(bytes: Buffer, encoding: Encoding): string {
  if (encoding.label === 'utf-8') return withoutMark(strictUtf8(bytes))
  return decodeOrThrow(strictDecoder(encoding), bytes, false)
}

/** Node decodes whole buffers of UTF-8 ten times as fast as TextDecoder does a stream. */
async function* decodeUtf8(chunks: AsyncIterable<Buffer>): AsyncIterable<string> {
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = true
  for await (const chunk of chunks) {
    const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const end = wholeCharacters(joined)
    const text = strictUtf8(joined.subarray(0, end))
    yield isFirst ? withoutMark(text) : text
    isFirst = false
    rest = joined.subarray(end)
  }
  yield strictUtf8(rest)
}

async function* decodeOther(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncIterable<string> {
  const decoder = strictDecoder(encoding)
  for await (const chunk of chunks) yield decodeOrThrow(decoder, chunk, true)
  yield decodeOrThrow(decoder, Buffer.alloc(0), false)
}

function strictUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new EncodingChange(bytes)
  return bytes.toString('utf8')
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

/** Where the last character begins, if it may go on in the next chunk; else the end. */
function wholeCharacters(bytes: Buffer): number {
  let start = bytes.length - 1
  while (start > bytes.length - 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--
  return (bytes[start] ?? 0) >= 0xc0 ? start : bytes.length
}

/** Decodes a piece that may begin or end inside a character. */
export function decodePiece(bytes: Buffer, encoding: Encoding): string {
  return decodeAsStream(new TextDecoder(encoding.label), bytes)
}

function strictDecoder(encoding: Encoding) {
  return new TextDecoder(encoding.label, { fatal: true })
}

function decodeOrThrow(decoder: ReturnType<typeof strictDecoder>, bytes: Buffer, more: boolean): string {
  try {
    return more ? decoder.decode(bytes, { stream: true }) : decodeAsStream(decoder, bytes)
  } catch {
    throw new EncodingChange(bytes)
  }
}

/** In one go, Node takes windows-1252 for Latin-1 and misses `€` and the curly quotes; as a stream it does not. */
function decodeAsStream(decoder: ReturnType<typeof strictDecoder>, bytes: Buffer): string {
  return decoder.decode(bytes, { stream: true }) + decoder.decode()
}

/** UTF-16 without a mark: every other byte of Latin text is zero. */
function twoByteEncoding(head: Buffer): Encoding | undefined {
  const start = head.subarray(0, 4096)
  if (start.length < 4 || !start.includes(0)) return undefined
  const zeros = [0, 0]
  for (const [i, byte] of start.entries()) if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1
  const enough = start.length * 0.3
  if ((zeros[1] ?? 0) > enough && zeros[0] === 0) return { codec: 'utf-16-le', label: 'utf-16le' }
  if ((zeros[0] ?? 0) > enough && zeros[1] === 0) return { codec: 'utf-16-be', label: 'utf-16be' }
  return undefined
}

/** Detection looks at the neighbourhood of the first byte that is not ASCII. */
function aroundForeignBytes(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte > 0x7f)
  const from = Math.max(0, first - 1024)
  return bytes.subarray(from, from + DETECTION_BYTES)
}

function wholeLines(head: Buffer): Buffer {
  const end = head.lastIndexOf(0x0a)
  return end === -1 ? head : head.subarray(0, end)
}

function isDecodable(label: string): boolean {
  try {
    return new TextDecoder(label) !== undefined
  } catch {
    return false
  }
}
