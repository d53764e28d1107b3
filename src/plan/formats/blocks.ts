import {
  climb,
  dominantEol,
  type Edit,
  insertLines,
  isBlank,
  lineAbove,
  lineEnd,
  lineStart,
  reindent,
  removal,
  toLf,
} from './text.ts'

/** An entry that has lines of its own: a key or list item of YAML, a row or a table of TOML. */
export interface Block {
  /** Where the entry itself starts, on its first line. */
  readonly start: number
  /** The line boundary after its last line. */
  readonly end: number
}

/** A block in the text that it is a part of. */
export interface Source {
  readonly text: string
  readonly block: Block
}

/** The text of an entry with the comment above it, indented as if it started at column 0. */
export function blockText({ text, block }: Source): string {
  const lead = text.slice(leadStart({ text, block }), lineStart(text, block.start))
  return reindent(toLf(lead), columnOf({ text, block }), '') + entryText({ text, block })
}

/** Whether an empty line sets the entry, with the comment above it, off from what precedes it. */
export function isSetOff({ text, block }: Source): boolean {
  const above = lineAbove(text, leadStart({ text, block }))
  return above !== undefined && isBlank(above.text)
}

/** Inserts the text of an entry at a line boundary, set off by an empty line where asked. */
export function insertBlock(text: string, at: number, entry: string, indent: string, setOff: boolean): Edit {
  return insertLines(text, at, (setOff && at > 0 ? '\n' : '') + reindent(entry, 0, indent))
}

/**
 * Removes an entry, the comment lines above it that came and went with it, and the empty line that set it
 * off if there was one when it came. `was` is the entry as the template had it.
 */
export function removeBlock(
  yours: Source,
  was: Source,
  setOff: boolean,
  isRetired: (line: string) => boolean,
): Edit {
  const { text, block } = yours
  const came = new Set(blockText(was).split('\n'))
  const start = climb(text, lineStart(text, block.start), (line) => isRetired(line) && came.has(line.trim()))
  const above = lineAbove(text, start)
  const isSetOff = setOff && above !== undefined && isBlank(above.text)
  return removal(isSetOff ? above.start : start, block.end)
}

/** Puts another entry in the place of one; the comment above it stays. */
export function replaceBlock(yours: Source, by: Source): Edit {
  const { text, block } = yours
  const entry = reindent(entryText(by), 0, ' '.repeat(columnOf(yours))).trimStart()
  const end = lineEnd(text, lineStart(text, block.end - 1))
  return { start: block.start, end, text: entry.replaceAll('\n', dominantEol(text)) }
}

function entryText({ text, block }: Source): string {
  const column = columnOf({ text, block })
  const entry = toLf(text.slice(block.start, block.end)).replace(/\n$/, '')
  return reindent(' '.repeat(column) + entry, column, '')
}

function columnOf({ text, block }: Source): number {
  return block.start - lineStart(text, block.start)
}

/** Where the comment lines directly above an entry start. */
function leadStart({ text, block }: Source): number {
  const start = lineStart(text, block.start)
  const startsItsLine = isBlank(text.slice(start, block.start))
  return startsItsLine ? climb(text, start, (line) => line.trimStart().startsWith('#')) : start
}
