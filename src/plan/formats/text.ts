import { NoOpinion } from './no-opinion.ts'

/** Replaces the characters from `start` up to `end` by `text`. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Applies edits that were made for the same text; several at one place keep their order. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = ''
  let position = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < position) throw new NoOpinion('two changes overlap')
    result += text.slice(position, edit.start) + edit.text
    position = edit.end
  }
  return result + text.slice(position)
}

/** The line ending that most lines have, LF where there is none. */
export function dominantEol(text: string): '\n' | '\r\n' {
  const all = text.match(/\n/g)?.length ?? 0
  const crlf = text.match(/\r\n/g)?.length ?? 0
  return crlf * 2 > all ? '\r\n' : '\n'
}

export function toLf(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Where the line's visible text ends, before its line ending. */
export function lineEnd(text: string, offset: number): number {
  const next = text.indexOf('\n', offset)
  if (next === -1) return text.length
  return next > offset && text[next - 1] === '\r' ? next - 1 : next
}

/** Where the next line starts, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const next = text.indexOf('\n', offset)
  return next === -1 ? text.length : next + 1
}

/** The text of the line above the one that starts at `start`, or undefined at the top. */
export function lineAbove(text: string, start: number): { start: number; text: string } | undefined {
  if (start === 0) return undefined
  const above = lineStart(text, start - 1)
  return { start: above, text: text.slice(above, lineEnd(text, above)) }
}

export function isBlank(text: string): boolean {
  return text.trim() === ''
}

export function insertion(at: number, text: string): Edit {
  return { start: at, end: at, text }
}

export function removal(start: number, end: number): Edit {
  return { start, end, text: '' }
}

/** Inserts whole lines (`block`, with LF, without a final line ending) where a line starts. */
export function insertLines(text: string, at: number, block: string): Edit {
  const eol = dominantEol(text)
  return insertion(at, block.replaceAll('\n', eol) + eol)
}

/** Moves a block (LF) that is indented by `from` columns below another indentation. */
export function reindent(block: string, from: number, indent: string): string {
  return block
    .split('\n')
    .map((line) => {
      if (isBlank(line)) return ''
      if (!isBlank(line.slice(0, from))) throw new NoOpinion('a line is indented less than its block')
      return indent + line.slice(from)
    })
    .join('\n')
}

/** The white space at the start of the line that `offset` is on. */
export function indentAt(text: string, offset: number): string {
  const start = lineStart(text, offset)
  return /^[ \t]*/.exec(text.slice(start, lineEnd(text, start)))?.[0] ?? ''
}

/** Climbs from `start` over the lines directly above for which `belongs` holds. */
export function climb(text: string, start: number, belongs: (line: string) => boolean): number {
  const above = lineAbove(text, start)
  return above !== undefined && belongs(above.text) ? climb(text, above.start, belongs) : start
}
