/** Nothing else is meant by these, whatever the column. */
const WORDS = new Set(['', 'na', 'n/a', 'n.a.', '#n/a', '<na>', 'nan', 'null', '?'])
/** These may be a category of their own, so they count as missing only among numbers and dates. */
const MARKS = new Set(['none', 'nil', '-', '--', '.', '*', 'unknown', 'missing', 'not available'])

export function isMissingWord(text: string): boolean {
  return mayBeMissing(text) && WORDS.has(text.trim().toLowerCase())
}

export function isMissingMark(text: string): boolean {
  return mayBeMissing(text) && MARKS.has(text.trim().toLowerCase())
}

/** Among two-letter codes, "NA" is Namibia or North America. */
export function isPlaceCode(missing: string, present: readonly string[]): boolean {
  return missing === 'NA' && present.length > 1 && present.every((text) => /^[A-Z]{2}$/.test(text))
}

/** Most values are seen at once to be none of the words: they are long, or begin with a digit. */
function mayBeMissing(text: string): boolean {
  const first = text.charCodeAt(0)
  return text.length < 16 && !(first >= 0x30 && first <= 0x39)
}
