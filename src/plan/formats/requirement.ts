/** A dependency as PEP 508 writes it, as far as two of them have to be compared. */
export interface Requirement {
  /** The normalised name, with extras and environment marker: what makes it another requirement. */
  readonly identity: string
  /** The version specifier, or the URL. */
  readonly specifier: string
}

const REQUIREMENT =
  /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(\(?[^;()]*\)?|@\s*[^\s;]+)\s*(?:;(.*))?$/

/** Undefined for what is no requirement, such as an option of pip. */
export function parseRequirement(text: string): Requirement | undefined {
  const [, name, extras = '', specifier = '', marker = ''] = REQUIREMENT.exec(text) ?? []
  if (name === undefined) return undefined
  const identity = normaliseName(name) + withoutSpace(extras) + (marker && `;${withoutSpace(marker)}`)
  return { identity, specifier: withoutSpace(specifier).replace(/^\((.*)\)$/, '$1') }
}

/** PEP 503: `Scikit_Learn` and `scikit-learn` are one package. */
function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

/**
 * Whether every version that `inner` allows is allowed by `outer`. Only plain bounds are understood: where
 * a specifier has anything else, the answer is that it is not known to be.
 */
export function isWithin(inner: string, outer: string): boolean {
  const [narrow, wide] = [rangeOf(inner), rangeOf(outer)]
  if (narrow === undefined || wide === undefined) return false
  return compareBounds(narrow.low, wide.low, -1) >= 0 && compareBounds(narrow.high, wide.high, 1) <= 0
}

/** Whether no version that `inner` allows is below all that `outer` allows. */
export function startsWithin(inner: string, outer: string): boolean {
  const [narrow, wide] = [rangeOf(inner), rangeOf(outer)]
  return narrow !== undefined && wide !== undefined && compareBounds(narrow.low, wide.low, -1) >= 0
}

interface Bound {
  readonly version: readonly number[]
  /** Whether the version itself is allowed. */
  readonly inclusive: boolean
}

interface Range {
  readonly low: Bound | undefined
  readonly high: Bound | undefined
}

function rangeOf(specifier: string): Range | undefined {
  let range: Range = { low: undefined, high: undefined }
  for (const clause of specifier.split(',').filter((part) => part.trim() !== '')) {
    const parsed = clauseRange(clause.trim())
    if (parsed === undefined) return undefined
    range = {
      low: compareBounds(parsed.low, range.low, -1) > 0 ? parsed.low : range.low,
      high: compareBounds(parsed.high, range.high, 1) < 0 ? parsed.high : range.high,
    }
  }
  return range
}

function clauseRange(clause: string): Range | undefined {
  const [, operator, digits] = /^(>=|<=|==|~=|>|<)\s*(\d+(?:\.\d+)*)$/.exec(clause) ?? []
  if (operator === undefined || digits === undefined) return undefined
  const version = digits.split('.').map(Number)
  const bound = { version, inclusive: operator.endsWith('=') }
  switch (operator) {
    case '>=':
    case '>':
      return { low: bound, high: undefined }
    case '<=':
    case '<':
      return { low: undefined, high: bound }
    case '==':
      return { low: bound, high: bound }
    default:
      return version.length < 2
        ? undefined
        : { low: bound, high: { version: nextSeries(version), inclusive: false } }
  }
}

/** The end of what `~=` allows: `~=1.4.2` ends before 1.5. */
function nextSeries(version: readonly number[]): number[] {
  const series = version.slice(0, -1)
  return [...series.slice(0, -1), (series.at(-1) ?? 0) + 1]
}

/** Compares two lower (`side` -1) or upper (1) bounds, where undefined is no bound. */
function compareBounds(a: Bound | undefined, b: Bound | undefined, side: -1 | 1): number {
  if (a === undefined || b === undefined) return side * (Number(a === undefined) - Number(b === undefined))
  const versions = compareVersions(a.version, b.version)
  return versions === 0 ? side * (Number(a.inclusive) - Number(b.inclusive)) : versions
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '')
}
