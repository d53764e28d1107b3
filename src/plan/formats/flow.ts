import { NoOpinion } from './no-opinion.ts'
import {
  climb,
  dominantEol,
  type Edit,
  indentAt,
  insertion,
  isBlank,
  lineEnd,
  lineStart,
  nextLine,
  reindent,
  removal,
} from './text.ts'

export interface Span {
  readonly start: number
  readonly end: number
}

/** A bracketed, comma-separated list or table: JSON, TOML arrays and inline tables, YAML flow collections. */
export interface Flow {
  /** Just after the opening bracket. */
  readonly open: number
  /** Just before the closing bracket. */
  readonly close: number
  readonly items: readonly Span[]
}

type Belongs = (line: string) => boolean

/** The text of an item for use elsewhere: what follows its first line is indented as if that started at 0. */
export function itemText(text: string, span: Span): string {
  const indent = indentAt(text, span.start).length
  return reindent(' '.repeat(indent) + text.slice(span.start, span.end), indent, '')
}

/** Whether the first item, or the closing bracket of an empty list, is on a line of its own. */
function isMultiline(text: string, flow: Flow): boolean {
  return text.slice(flow.open, flow.items[0]?.start ?? flow.close).includes('\n')
}

/** Appends items after the last one, in the layout that the list has; an empty one is indented by `step`, if given. */
export function appendToFlow(
  text: string,
  flow: Flow,
  items: readonly string[],
  step: string | undefined,
): Edit[] {
  const last = flow.items.at(-1)
  if (last === undefined) return [fillEmpty(text, flow, items, step)]
  const comma = commaAfter(text, last.end, flow.close)
  if (!startsItsLine(text, last)) return [appendInline(text, last, comma, items)]

  const lines = items.map((item) =>
    onNewLine(text, item, text.slice(lineStart(text, last.start), last.start)),
  )
  const at = endOfLine(text, flow, comma ?? last.end)
  if (comma !== undefined) return [insertion(at, lines.map((line) => `${line},`).join(''))]
  return [insertion(last.end, ','), insertion(at, lines.join(','))]
}

function fillEmpty(text: string, flow: Flow, items: readonly string[], step: string | undefined): Edit {
  if (step === undefined || flow.open !== flow.close)
    return insertion(flow.open, items.map((item) => withEol(text, item)).join(', '))
  const indent = indentAt(text, flow.open)
  const lines = items.map((item) => onNewLine(text, item, indent + (indent.includes('\t') ? '\t' : step)))
  return insertion(flow.open, lines.join(',') + dominantEol(text) + indent)
}

function appendInline(text: string, last: Span, comma: number | undefined, items: readonly string[]): Edit {
  const inline = items.map((item) => withEol(text, item))
  if (comma === undefined) return insertion(last.end, inline.map((item) => `, ${item}`).join(''))
  return insertion(comma + 1, inline.map((item) => ` ${item},`).join(''))
}

/** Removes items and what held them apart, so that what `appendToFlow` did is undone exactly. */
export function removeFromFlow(text: string, flow: Flow, gone: readonly Span[], isRetired: Belongs): Edit[] {
  const goes = flow.items.map((item) => gone.some((span) => span.start === item.start))
  const lastKept = goes.lastIndexOf(false)
  if (lastKept === -1) return [emptyOut(text, flow)]
  const inner = flow.items.flatMap((item, index) => {
    const next = flow.items[index + 1]
    return goes[index] && next && index < lastKept ? [removeInner(text, flow, item, next, isRetired)] : []
  })
  return [...inner, ...removeTail(text, flow, lastKept, isRetired)]
}

function emptyOut(text: string, flow: Flow): Edit {
  const [first, last] = [flow.items[0], flow.items.at(-1)]
  if (first === undefined || last === undefined) throw new NoOpinion('nothing to remove')
  if (isMultiline(text, flow)) return removal(flow.open, flow.close)
  const comma = commaAfter(text, last.end, flow.close)
  return removal(first.start, comma === undefined ? last.end : comma + 1)
}

function removeInner(text: string, flow: Flow, item: Span, next: Span, isRetired: Belongs): Edit {
  const below = nextLine(text, commaAfter(text, item.end, flow.close) ?? item.end)
  const hasOwnLines = startsItsLine(text, item) && below <= lineStart(text, next.start)
  if (!hasOwnLines) return removal(item.start, next.start)
  return removal(climb(text, lineStart(text, item.start), isRetired), below)
}

/** Removes every item after the one at `kept`; whether the list ends with a comma stays as it is. */
function removeTail(text: string, flow: Flow, kept: number, isRetired: Belongs): Edit[] {
  const [item, first, last] = [flow.items[kept], flow.items[kept + 1], flow.items.at(-1)]
  if (item === undefined || first === undefined || last === undefined) return []
  const separator = commaAfter(text, item.end, flow.close)
  const trailing = commaAfter(text, last.end, flow.close)
  if (separator === undefined) throw new NoOpinion('two items without a comma')

  const afterComma = trailing === undefined ? last.end : trailing + 1
  const hasOwnLines = startsItsLine(text, first)
  const start = hasOwnLines
    ? lineBreakAbove(text, climb(text, lineStart(text, first.start), isRetired))
    : separator + 1
  const end = hasOwnLines ? endOfLine(text, flow, afterComma) : afterComma
  if (trailing !== undefined) return [removal(start, end)]
  return [removal(separator, separator + 1), removal(start, end)]
}

/** White space and whole comments, none of which can be left half-way. */
const GAP_AND_COMMA = /(?:\s|(?:#|\/\/)[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*,/y

/** Where the comma is that follows an item, past white space and comments. */
function commaAfter(text: string, from: number, to: number): number | undefined {
  GAP_AND_COMMA.lastIndex = from
  const hasComma = GAP_AND_COMMA.test(text) && GAP_AND_COMMA.lastIndex <= to
  return hasComma ? GAP_AND_COMMA.lastIndex - 1 : undefined
}

function endOfLine(text: string, flow: Flow, offset: number): number {
  return Math.min(lineEnd(text, offset), flow.close)
}

function lineBreakAbove(text: string, start: number): number {
  return text[start - 2] === '\r' ? start - 2 : start - 1
}

function startsItsLine(text: string, item: Span): boolean {
  const start = lineStart(text, item.start)
  return start > 0 && isBlank(text.slice(start, item.start))
}

function onNewLine(text: string, item: string, indent: string): string {
  return withEol(text, `\n${reindent(item, 0, indent)}`)
}

function withEol(text: string, item: string): string {
  return item.replaceAll('\n', dominantEol(text))
}
