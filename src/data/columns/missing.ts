/** Nothing else is meant by these, whatever the column. */
const WORDS = new Set(['', 'na', 'n/a', 'n.a.', '#n/a', '<na>', 'nan', 'null', '?'])
/** These may be a category of their own, so they count as missing only among numbers and dates. */
const MARKS = new Set(['none', 'nil', '-', '--', '.', '*', 'unknown', 'missing', 'not available'])

export function isMissingWord(text: string): boolean {
  return text.length < 16 && WORDS.has(text.trim().toLowerCase())
}

export function isMissingMark(text: string): boolean {
  return text.length < 16 && MARKS.has(text.trim().toLowerCase())
}

/** Among two-letter codes, "NA" is Namibia or North America. */
export function isPlaceCode(missing: string, present: readonly string[]): boolean {
  return missing === 'NA' && present.length > 1 && present.every((text) => /^[A-Z]{2}$/.test(text))
}
