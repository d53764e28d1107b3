import { dateReader, readIso } from './dates.ts'

/** What a column of dates may be in: more than one format where the day and the month cannot be told apart. */
export interface DateGuess {
  readonly formats: readonly string[]
  /** The share of the values that the formats read. */
  readonly share: number
}

const EXAMPLES = 40
const TIME = /^(T| +)(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?( ?)(am|pm)?( ?)(z|[+-]\d{2}:?\d{2})?$/i

/** The formats that read most of these values, if any reads a single one. */
export function guessDateFormats(
  values: readonly string[],
  counts: readonly number[],
): DateGuess | undefined {
  const candidates = new Set(values.slice(0, EXAMPLES).flatMap(formatsOf))
  if (candidates.size === 0) return undefined
  const total = counts.reduce((sum, count) => sum + count, 0)
  const read = [...candidates].map((format) => ({ format, share: shareRead(format, values, counts, total) }))
  const best = Math.max(...read.map(({ share }) => share))
  const formats = read.filter(({ share }) => share === best).map(({ format }) => format)
  // ISO 8601 reads whatever its special cases read, which say more.
  const special = formats.filter((format) => format !== 'iso8601')
  return best === 0 ? undefined : { formats: special.length > 0 ? special : formats, share: best }
}

/** Every format in which a value may have been written. */
export function formatsOf(value: string): string[] {
  const text = value.trim()
  if (!/^[\da-zA-Z]/.test(text) || text.length > 40 || !/\d/.test(text)) return []
  const formats = [...numericFormats(text), ...namedFormats(text), ...compactFormats(text)]
  if (Number.isNaN(readIso(text))) return formats
  return [...formats.filter((format) => !/T|%z/.test(format)), 'iso8601']
}

function numericFormats(text: string): string[] {
  const match = /^(\d{1,4})([-/. ])(\d{1,2})(?:\2(\d{4}|\d{2})(?!\d))?(.*)$/.exec(text)
  if (match === null) return []
  const [, first = '', mark = '', , last, rest = ''] = match
  if (last === undefined)
    return first.length === 4 && rest === '' && mark !== '.' && mark !== ' ' ? [`%Y${mark}%m`] : []
  const orders =
    first.length === 4
      ? ['Y m d']
      : first.length > 2
        ? []
        : last.length === 4
          ? ['d m Y', 'm d Y']
          : ['d m y', 'm d y', 'y m d']
  return withTime(
    orders.map((order) => order.replace(/\w/g, '%$&').replaceAll(' ', mark)),
    rest,
  )
}

function namedFormats(text: string): string[] {
  const dayFirst = /^\d{1,2}([- /.]?)([a-z]{3,9})(\.?[- /,]*)(\d{4}|\d{2})(?!\d)(.*)$/i.exec(text)
  if (dayFirst !== null) {
    const [, gap = '', month = '', mark = '', year = '', rest = ''] = dayFirst
    return withTime([`%d${gap}${monthDirective(month)}${mark}${yearDirective(year)}`], rest)
  }
  const monthFirst = /^([a-z]{3,9})([- .]+)(?:\d{1,2}(,? ))?(\d{4})(.*)$/i.exec(text)
  if (monthFirst === null) return []
  const [, month = '', gap = '', mark, , rest = ''] = monthFirst
  return withTime([`${monthDirective(month)}${gap}${mark === undefined ? '' : `%d${mark}`}%Y`], rest)
}

function compactFormats(text: string): string[] {
  if (/^(19|20)\d{6}$/.test(text)) return ['%Y%m%d']
  return /^(19|20)\d{12}$/.test(text) ? ['%Y%m%d%H%M%S'] : []
}

function withTime(dates: string[], rest: string): string[] {
  if (rest === '') return dates
  const match = TIME.exec(rest)
  if (match === null) return []
  const [, gap, , , second, fraction, halfGap, half, zoneGap, zone] = match
  const time = [
    half === undefined ? '%H:%M' : '%I:%M',
    second === undefined ? '' : ':%S',
    fraction === undefined ? '' : '.%f',
    half === undefined ? '' : `${halfGap}%p`,
    zone === undefined ? '' : `${zoneGap}%z`,
  ].join('')
  return dates.map((date) => `${date}${gap}${time}`)
}

/** "May" is both its own name and its abbreviation: other months tell. */
function monthDirective(name: string): string {
  return name.length > 3 ? '%B' : '%b'
}

function yearDirective(digits: string): string {
  return digits.length === 4 ? '%Y' : '%y'
}

function shareRead(
  format: string,
  values: readonly string[],
  counts: readonly number[],
  total: number,
): number {
  const read = dateReader(format)
  if (read === undefined) return 0
  let share = 0
  for (const [i, value] of values.entries()) if (!Number.isNaN(read(value))) share += counts[i] ?? 0
  return share / total
}
