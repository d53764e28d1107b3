import type { Source } from '../contract.ts'

export type NumberFormat = Pick<Source, 'decimal' | 'thousands'>

const PLAIN: NumberFormat = { decimal: '.', thousands: '' }

const OTHER_FORMATS: readonly NumberFormat[] = [
  { decimal: '.', thousands: ',' },
  { decimal: ',', thousands: '' },
  { decimal: ',', thousands: '.' },
  { decimal: ',', thousands: ' ' },
  { decimal: '.', thousands: ' ' },
  { decimal: '.', thousands: "'" },
]

const EXPONENT = '(?:[eE][+-]?\\d+)?'
const PLAIN_NUMBER = new RegExp(`^\\s*[+-]?(?:\\d+\\.?\\d*|\\.\\d+)${EXPONENT}\\s*$`)
/** What could be a number in some format. */
const GROUPED = /^\s*[+-]?[\d][\d.,'\s]*\s*$/

/** A function that reads a number in this format, and gives NaN for anything else. */
export function numberReader(format: NumberFormat): (text: string) => number {
  if (format.decimal === '.' && format.thousands === '') {
    return (text) => (PLAIN_NUMBER.test(text) ? Number(text) : Number.NaN)
  }
  const separator = format.thousands === ' ' ? '[ \\u00a0\\u202f]' : `[${format.thousands}]`
  const grouped = format.thousands === '' ? '' : `\\d{1,3}(?:${separator}\\d{3})+|`
  const pattern = new RegExp(
    `^\\s*[+-]?(?:(?:${grouped}\\d+)(?:[${format.decimal}]\\d*)?|[${format.decimal}]\\d+)${EXPONENT}\\s*$`,
  )
  const separators = format.thousands === '' ? /(?!)/g : new RegExp(separator, 'g')
  return (text) =>
    pattern.test(text) ? Number(text.replace(separators, '').replace(format.decimal, '.')) : Number.NaN
}

/**
 * The number format of a file: the one in which most columns are numbers; the plain one unless another explains
 * more. Each column is given by its distinct values, without the missing ones.
 */
export function detectNumberFormat(columns: readonly (readonly string[])[]): NumberFormat {
  const candidates = columns.filter(
    (values) => values.length > 0 && mostly(values, (text) => GROUPED.test(text)),
  )
  const readable = (format: NumberFormat) => {
    const read = numberReader(format)
    return candidates.filter((values) => mostly(values, (text) => !Number.isNaN(read(text)))).length
  }
  const plain = readable(PLAIN)
  if (plain === candidates.length) return PLAIN
  const others = OTHER_FORMATS.map((format) => ({ format, columns: readable(format) }))
  const best = Math.max(...others.map(({ columns: count }) => count))
  return best > plain ? (others.find(({ columns: count }) => count === best)?.format ?? PLAIN) : PLAIN
}

/** Whether a test holds for nearly all of the first values. */
function mostly(values: readonly string[], test: (text: string) => boolean): boolean {
  const some = values.slice(0, 500)
  return some.filter(test).length >= some.length * 0.95
}
