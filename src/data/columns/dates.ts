/** Reads a date as milliseconds since 1970 (UTC); NaN for anything else. */
export type DateReader = (text: string) => number

type Parts = Record<string, string>

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
)
const SHORT_MONTHS = MONTHS.map((month) => month.slice(0, 3))

/** The directives of strptime that occur in data, as regular expressions with one group each. */
const DIRECTIVES: Parts = {
  Y: '(\\d{4})',
  y: '(\\d{2})',
  m: '(\\d{1,2})',
  b: `(${SHORT_MONTHS.join('|')})`,
  B: `(${MONTHS.join('|')})`,
  d: '(\\d{1,2})',
  H: '(\\d{1,2})',
  I: '(\\d{1,2})',
  M: '(\\d{1,2})',
  S: '(\\d{1,2})',
  f: '(\\d{1,6})',
  p: '(am|pm)',
  z: '(z|[+-]\\d{2}:?\\d{2})',
}

const ISO =
  /^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?\s*$/i

/** @returns undefined when the format is neither one of strptime's nor one of DATE_FORMATS */
export function dateReader(format: string): DateReader | undefined {
  switch (format) {
    case 'iso8601':
      return readIso
    case 'epoch-seconds':
      return (text) => (/^\s*\d{9,10}(\.\d*)?\s*$/.test(text) ? Number(text) * 1000 : Number.NaN)
    case 'epoch-milliseconds':
      return (text) => (/^\s*\d{12,13}\s*$/.test(text) ? Number(text) : Number.NaN)
    default:
      return strptimeReader(format)
  }
}

export function readIso(text: string): number {
  const match = ISO.exec(text)
  if (match === null) return Number.NaN
  const [, Y = '', m = '', d = '', H = '', M = '', S = '', f = '', z = ''] = match
  return toTime({ Y, m, d, H, M, S, f, z })
}

function strptimeReader(format: string): DateReader | undefined {
  const found = [...format.matchAll(/%(.?)/g)].map((match) => match[1] ?? '')
  if (found.length === 0 || found.some((directive) => !Object.hasOwn(DIRECTIVES, directive))) return undefined
  // Without separators, only fixed widths tell where one number ends and the next begins.
  const compact = /%[a-zA-Z]%/.test(format)
  const pattern = format
    .replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
    .replace(/%(.)/g, (_, directive: string) => DIRECTIVES[directive] ?? '')
    .replaceAll('{1,2}', compact ? '{2}' : '{1,2}')
  const regex = new RegExp(`^\\s*${pattern}\\s*$`, 'i')
  return (text) => {
    const match = regex.exec(text)
    if (match === null) return Number.NaN
    return toTime(Object.fromEntries(found.map((directive, i) => [directive, match[i + 1] ?? ''])))
  }
}

function toTime(parts: Parts): number {
  const year = yearOf(parts)
  const month = monthOf(parts)
  const day = Number(parts.d ?? 1)
  const hour = hourOf(parts)
  const minute = Number(parts.M || 0)
  const second = Number(parts.S || 0)
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return Number.NaN
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN
  const time = Date.UTC(2000, month - 1, day, hour, minute, second) + Number(`0.${parts.f || 0}`) * 1000
  const moved = new Date(time).setUTCFullYear(year, month - 1, day)
  return moved - zoneOffset(parts.z ?? '')
}

function yearOf({ Y, y }: Parts): number {
  if (y === undefined) return Number(Y)
  return Number(y) + (Number(y) < 69 ? 2000 : 1900)
}

function monthOf({ m, b, B }: Parts): number {
  const name = b ?? B
  return name === undefined ? Number(m ?? 1) : SHORT_MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1
}

/** NaN compares false with every bound, so an hour that a clock does not show becomes one above them. */
function hourOf({ H, I, p }: Parts): number {
  if (I === undefined) return Number(H || 0)
  const hour = Number(I)
  if (hour < 1 || hour > 12) return 24
  return (hour % 12) + (p?.toLowerCase() === 'pm' ? 12 : 0)
}

function zoneOffset(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone)
  if (match === null) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return (match[1] === '-' ? -minutes : minutes) * 60_000
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
}
