import { parseRecords } from './records.ts'

/** How a text is divided into records and fields. */
export interface Dialect {
  readonly delimiter: string
  readonly quote: string
}

/** The usual delimiters, and those that other text is full of: the latter only where the former do not fit. */
const USUAL = ['\t', ';', '|', ',']
const UNUSUAL = ['^', '~', ' ', ':']
const RECORDS = 100
const FITS = 0.8

/** Decides by how evenly a candidate divides the first records; a comma where nothing divides them. */
export function detectDialect(head: string): Dialect {
  const text = firstLines(head)
  const usual = bestDelimiter(text, USUAL)
  if (usual !== undefined && usual.fit >= FITS) return withQuote(text, usual.delimiter)
  const unusual = bestDelimiter(text, UNUSUAL)
  if (unusual !== undefined && unusual.fit >= FITS) return withQuote(text, unusual.delimiter)
  return withQuote(text, usual?.delimiter ?? ',')
}

function bestDelimiter(text: string, candidates: readonly string[]) {
  const fits = candidates.map((delimiter) => ({ delimiter, fit: evenness(text, delimiter) }))
  const best = Math.max(...fits.map(({ fit }) => fit))
  return best === 0 ? undefined : fits.find(({ fit }) => fit === best)
}

/** The share of records with as many fields as the first one, or 0 where that has one field only. */
function evenness(text: string, delimiter: string): number {
  if (!text.includes(delimiter)) return 0
  const counts = parseRecords(text, withQuote(text, delimiter), RECORDS).map((cells) => cells.length)
  const [first = 0] = counts
  return first < 2 ? 0 : counts.filter((count) => count === first).length / counts.length
}

/** Single quotes only where at least every other line has a field in them, and none has one in double quotes. */
function withQuote(text: string, delimiter: string): Dialect {
  const edge = delimiter.replace(/[|^]/, '\\$&')
  const quoted = (quote: string) =>
    text.match(new RegExp(`(?:^|${edge})${quote}[^${quote}\n]*${quote}(?=${edge}|$)`, 'gm'))?.length ?? 0
  const lines = text.split('\n').length
  return { delimiter, quote: quoted("'") >= lines / 2 && quoted('"') === 0 ? "'" : '"' }
}

function firstLines(head: string): string {
  const start = head.slice(0, 64 * 1024).replace(/\r\n?/g, '\n')
  const end = head.length > 64 * 1024 ? start.lastIndexOf('\n') : start.trimEnd().length
  return end > 0 ? start.slice(0, end) : start
}
