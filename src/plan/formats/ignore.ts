import type { Entry, LineFormat, ListLine } from './line-list.ts'
import { NoOpinion } from './no-opinion.ts'

/**
 * .gitignore and its kin, where the last pattern that matches decides. New patterns are put where none of
 * the user's decisions changes: below them, but above the first one that says the opposite (`!data` for
 * `data`).
 */
export const IGNORE_FORMAT: LineFormat = {
  read(line) {
    const pattern = line.replace(/(?<!\\)[ \t]+$/, '')
    return pattern === '' || pattern.startsWith('#') ? undefined : { key: pattern, value: '' }
  },
  isContinued: () => false,
  satisfies: () => false,
  place,
}

function place(yours: readonly ListLine[], theirs: readonly Entry[], added: readonly Entry[]): number {
  const order = theirs.map(({ key }) => key)
  const isBelow = (entry: Entry, pattern: Entry) => {
    const position = order.indexOf(entry.key)
    return isOpposite(entry, pattern) && (position === -1 || position > order.indexOf(pattern.key))
  }
  const first = yours.findIndex(({ entry }) => entry && added.some((pattern) => isBelow(entry, pattern)))
  const at = first === -1 ? yours.length : aboveComments(yours, first)
  refuseOtherOrder(yours.slice(at), order, added)
  return at
}

function aboveComments(lines: readonly ListLine[], index: number): number {
  return lines[index - 1]?.text.startsWith('#') ? aboveComments(lines, index - 1) : index
}

/** Of the patterns that both have, one that the template has above the new ones may be further down here. */
function refuseOtherOrder(
  below: readonly ListLine[],
  order: readonly string[],
  added: readonly Entry[],
): void {
  for (const { entry } of below) {
    const position = entry === undefined ? -1 : order.indexOf(entry.key)
    const isMoved = (pattern: Entry) => isOpposite(entry, pattern) && position < order.indexOf(pattern.key)
    if (position !== -1 && added.some(isMoved)) throw new NoOpinion(`the order of ${entry?.key} matters`)
  }
}

function isOpposite(a: Entry | undefined, b: Entry): boolean {
  return a?.key.startsWith('!') !== b.key.startsWith('!')
}
