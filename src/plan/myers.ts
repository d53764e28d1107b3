/** Lines that two texts share, in order: the place of the first one in the old text and in the new one, of the second one … */
export type Matches = Int32Array

/**
 * The longest list of lines that two texts share, in order, or null where that takes more than `mostEdits` lines
 * deleted and inserted. It is the greedy method of E. W. Myers, "An O(ND) difference algorithm and its variations"
 * (Algorithmica 1, 1986). Lines are given as numbers: equal lines have equal ones.
 *
 * A diagonal holds the pairs of places (x, y) with one difference x - y. Each round allows one edit more, and follows
 * every diagonal that can be reached, -edits, 2 - edits … edits, as far as the lines are the same; the round is the list
 * of how far that is in the old text. Time and memory grow with the square of the edits, not with the texts' length.
 */
export function longestCommon(old: Int32Array, changed: Int32Array, mostEdits: number): Matches | null {
  const goal = Math.abs(old.length - changed.length)
  for (let detour = FIRST_DETOUR; goal + detour < mostEdits; detour *= 4) {
    const matches = searchWithin(old, changed, goal + detour)
    if (matches !== null) return matches
  }
  return searchWithin(old, changed, mostEdits - ((mostEdits - goal) % 2))
}

/** How far each diagonal reaches, from the first one that was searched. */
interface Round {
  readonly first: number
  readonly reach: Int32Array
}

/** In edits; even, as every way to the end has an even number of edits more than the straight one. */
const FIRST_DETOUR = 32

/** Searches only the diagonals from which the end can still be reached within `limit` edits. */
function searchWithin(old: Int32Array, changed: Int32Array, limit: number): Matches | null {
  const goal = old.length - changed.length
  const rounds: Round[] = []
  let previous: Round = { first: 0, reach: new Int32Array(1) }
  for (let edits = 0; edits <= limit; edits++) {
    const first = Math.max(0, (goal - limit) / 2 + edits)
    const last = Math.min(edits, (goal + limit) / 2)
    const reach = new Int32Array(last - first + 1)
    for (let index = first; index <= last; index++) {
      let x = isInsertion(previous, index, edits) ? at(previous, index) : at(previous, index - 1) + 1
      let y = x - (2 * index - edits)
      while (x < old.length && y < changed.length && old[x] === changed[y]) {
        x++
        y++
      }
      reach[index - first] = x
      if (x >= old.length && y >= changed.length) return walkBack(rounds, x, y)
    }
    previous = { first, reach }
    rounds.push(previous)
  }
  return null
}

/** Whether a diagonal is reached best from the one above, by a new line, or else from the one below, by leaving out an old one. */
function isInsertion(previous: Round, index: number, edits: number): boolean {
  return index === 0 || (index !== edits && at(previous, index - 1) < at(previous, index))
}

/** Collects the same lines on the way that led to the end. */
function walkBack(rounds: readonly Round[], endX: number, endY: number): Matches {
  const matches = new Int32Array(2 * Math.min(endX, endY))
  let free = matches.length
  let x = endX
  let y = endY
  const add = (length: number) => {
    for (let line = 0; line < length; line++) {
      matches[--free] = --y
      matches[--free] = --x
    }
  }
  for (let edits = rounds.length; edits > 0; edits--) {
    const previous = rounds[edits - 1] as Round
    const diagonal = x - y
    const index = (diagonal + edits) / 2
    const inserts = isInsertion(previous, index, edits)
    const before = at(previous, inserts ? index : index - 1)
    const start = inserts ? before : before + 1
    add(x - start)
    x = before
    y = before - (inserts ? diagonal + 1 : diagonal - 1)
  }
  add(x)
  return matches.subarray(free)
}

function at({ first, reach }: Round, index: number): number {
  return reach[index - first] as number
}
