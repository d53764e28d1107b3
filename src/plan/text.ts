/** A text file taken apart, so that merging sees lines and nothing else, and all the rest can be put back. */
export interface Text {
  readonly hasBom: boolean
  readonly lines: readonly Line[]
  /** The line ending that most lines have. */
  readonly lineEnding: LineEnding
}

export type LineEnding = '\n' | '\r\n'

export interface Line {
  readonly text: string
  /** As it is in the file; empty on a last line without one. */
  readonly ending: LineEnding | ''
}

const BOM = '\uFEFF'
const SNIFFED = 8000

/** Text, or null where the bytes are binary: a NUL near the start, or not UTF-8. */
export function decodeText(content: Uint8Array): string | null {
  if (content.subarray(0, SNIFFED).includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    return null
  }
}

export function parseText(source: string): Text {
  const hasBom = source.startsWith(BOM)
  const lines = splitLines(hasBom ? source.slice(BOM.length) : source)
  const withCr = lines.filter((line) => line.ending === '\r\n').length
  return { hasBom, lines, lineEnding: withCr * 2 > lines.length ? '\r\n' : '\n' }
}

export function renderText(text: Text): string {
  const lines = text.lines.map((line) => line.text + line.ending)
  return (text.hasBom ? BOM : '') + lines.join('')
}

function splitLines(source: string): Line[] {
  if (source === '') return []
  const pieces = source.split('\n')
  const last = pieces.pop() ?? ''
  const lines = pieces.map((piece): Line => {
    return piece.endsWith('\r') ? { text: piece.slice(0, -1), ending: '\r\n' } : { text: piece, ending: '\n' }
  })
  return last === '' ? lines : [...lines, { text: last, ending: '' }]
}
