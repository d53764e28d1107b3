/** The place of a line in the old text, and of the same line in the new one. */
export type Match = readonly [line: number, newLine: number]

/**
 * The longest list of lines that two texts share, in order, or null where that takes more than `mostEdits` lines
 * deleted and inserted. It is the greedy method of E. W. Myers, "An O(ND) difference algorithm and its variations"
 * (Algorithmica 1, 1986). Lines are given as numbers: equal lines have equal ones.
 *
 * A diagonal holds the pairs of places (x, y) with one difference x - y. With each further edit, every diagonal that
 * can be reached is followed as far as the lines are the same; `reach` says how far that is in the old text. The time
 * and the memory taken grow with the square of the edits, not with the length of the texts.
 */
export function longestCommon(old: Int32Array, changed: Int32Array, mostEdits: number): Match[] | null {
  const limit = Math.min(mostEdits, old.length + changed.length)
  const middle = limit + 1
  const reach = new Int32Array(2 * middle + 1)
  const rounds: Int32Array[] = []
  for (let edits = 0; edits <= limit; edits++) {
    const lowest = 2 * Math.max(0, edits - changed.length) - edits
    const highest = edits - 2 * Math.max(0, edits - old.length)
    for (let diagonal = lowest; diagonal <= highest; diagonal += 2) {
      let x = isInsertion(reach, middle, diagonal, edits)
        ? at(reach, middle + diagonal + 1)
        : at(reach, middle + diagonal - 1) + 1
      let y = x - diagonal
      while (x < old.length && y < changed.length && old[x] === changed[y]) {
        x++
        y++
      }
      reach[middle + diagonal] = x
      if (x >= old.length && y >= changed.length) return walkBack(rounds, [x, y])
    }
    rounds.push(reach.slice(middle - edits, middle + edits + 1))
  }
  return null
}

/** Whether a diagonal is reached best from the one above, by a line of the new text, or else by leaving out an old one. */
function isInsertion(reach: Int32Array, middle: number, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true
  return diagonal !== edits && at(reach, middle + diagonal - 1) < at(reach, middle + diagonal + 1)
}

/** Collects the same lines on the way that led to the end; `rounds[n]` has the diagonals -n to n. */
function walkBack(rounds: readonly Int32Array[], end: Match): Match[] {
  const matches: Match[] = []
  let [x, y] = end
  for (let edits = rounds.length; edits > 0; edits--) {
    const reach = rounds[edits - 1] as Int32Array
    const middle = edits - 1
    const diagonal = x - y
    const inserts = isInsertion(reach, middle, diagonal, edits)
    const before = at(reach, middle + diagonal + (inserts ? 1 : -1))
    for (const start = inserts ? before : before + 1; x > start; ) matches.push([--x, --y])
    x = before
    y = before - (diagonal + (inserts ? 1 : -1))
  }
  while (x > 0) matches.push([--x, --y])
  return matches.reverse()
}

function at(numbers: Int32Array, index: number): number {
  return numbers[index] as number
}
