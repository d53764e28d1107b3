import { diffArrays } from 'diff'

/** Lines `[start, end)` of the old text became lines `[newStart, newEnd)` of the new one. */
export interface Hunk {
  readonly start: number
  readonly end: number
  readonly newStart: number
  readonly newEnd: number
}

/** Beyond so many changed lines an exact diff costs too much: its time grows with their square. */
const MOST_EDITS = 600

/**
 * The hunks that turn one list of lines into another, in order. The diff is the shortest one for texts that have
 * something in common; two texts that have little in common are cut at the lines which both hold once, and a piece
 * without any becomes one hunk. A coarse hunk is correct too, it only conflicts more easily.
 */
export function diffLines(old: readonly string[], changed: readonly string[]): Hunk[] {
  const whole = { start: 0, end: old.length, newStart: 0, newEnd: changed.length }
  return diffWithin(old, changed, whole)
}

function diffWithin(old: readonly string[], changed: readonly string[], within: Hunk): Hunk[] {
  const area = trim(old, changed, within)
  if (area.start === area.end || area.newStart === area.newEnd) return isEmpty(area) ? [] : [area]
  return shortestDiff(old, changed, area) ?? diffBetweenAnchors(old, changed, area)
}

/** Takes off the lines that both texts begin and end with. */
function trim(old: readonly string[], changed: readonly string[], area: Hunk): Hunk {
  let { start, end, newStart, newEnd } = area
  while (start < end && newStart < newEnd && old[start] === changed[newStart]) {
    start++
    newStart++
  }
  while (start < end && newStart < newEnd && old[end - 1] === changed[newEnd - 1]) {
    end--
    newEnd--
  }
  return { start, end, newStart, newEnd }
}

function shortestDiff(old: readonly string[], changed: readonly string[], area: Hunk): Hunk[] | null {
  const parts = diffArrays(old.slice(area.start, area.end), changed.slice(area.newStart, area.newEnd), {
    maxEditLength: MOST_EDITS,
  })
  if (parts === undefined) return null
  const hunks: Hunk[] = []
  let at = { start: area.start, newStart: area.newStart }
  let open = at
  for (const part of parts) {
    const next = {
      start: at.start + (part.added ? 0 : part.count),
      newStart: at.newStart + (part.removed ? 0 : part.count),
    }
    if (!part.added && !part.removed) {
      if (at !== open) hunks.push({ ...open, end: at.start, newEnd: at.newStart })
      open = next
    }
    at = next
  }
  if (at !== open) hunks.push({ ...open, end: at.start, newEnd: at.newStart })
  return hunks
}

function diffBetweenAnchors(old: readonly string[], changed: readonly string[], area: Hunk): Hunk[] {
  const anchors = findAnchors(old, changed, area)
  if (anchors.length === 0) return [area]
  const hunks: Hunk[] = []
  let { start, newStart } = area
  for (const [line, newLine] of [...anchors, [area.end, area.newEnd] as const]) {
    hunks.push(...diffWithin(old, changed, { start, end: line, newStart, newEnd: newLine }))
    start = line + 1
    newStart = newLine + 1
  }
  return hunks
}

/** The longest run of lines that both texts hold exactly once, in the same order (patience diff). */
function findAnchors(old: readonly string[], changed: readonly string[], area: Hunk): [number, number][] {
  const places = uniqueLines(old, area.start, area.end)
  const newPlaces = uniqueLines(changed, area.newStart, area.newEnd)
  const shared: [number, number][] = []
  for (const [text, line] of places) {
    const newLine = newPlaces.get(text)
    if (newLine !== undefined) shared.push([line, newLine])
  }
  return longestIncreasing(shared)
}

function uniqueLines(lines: readonly string[], start: number, end: number): Map<string, number> {
  const places = new Map<string, number>()
  const twice = new Set<string>()
  for (let line = start; line < end; line++) {
    const text = lines[line] as string
    if (places.has(text)) twice.add(text)
    places.set(text, line)
  }
  for (const text of twice) places.delete(text)
  return places
}

/** Of pairs in the order of their first number, the longest list in which the second numbers rise too. */
function longestIncreasing(pairs: readonly [number, number][]): [number, number][] {
  interface Step {
    readonly pair: [number, number]
    readonly previous: Step | undefined
  }
  const piles: Step[] = []
  for (const pair of pairs) {
    const pile = lowestPile(piles.length, (index) => (piles[index] as Step).pair[1] > pair[1])
    piles[pile] = { pair, previous: piles[pile - 1] }
  }
  const longest: [number, number][] = []
  for (let step = piles.at(-1); step !== undefined; step = step.previous) longest.push(step.pair)
  return longest.reverse()
}

function lowestPile(count: number, isAbove: (index: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (isAbove(middle)) high = middle
    else low = middle + 1
  }
  return low
}

function isEmpty(area: Hunk): boolean {
  return area.start === area.end && area.newStart === area.newEnd
}
