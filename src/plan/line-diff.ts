import { longestCommon, type Matches } from './myers.ts'

/** Lines `[start, end)` of the old text became lines `[newStart, newEnd)` of the new one. */
export interface Hunk {
  readonly start: number
  readonly end: number
  readonly newStart: number
  readonly newEnd: number
}

/** Beyond so many changed lines an exact diff costs too much: its time and memory grow with their square. */
const MOST_EDITS = 2000

/**
 * The hunks that turn one list of lines into another, in order. The diff is the shortest one for texts that have
 * something in common; two texts that have little in common are cut at the lines which both hold once, and a piece
 * without any becomes one hunk. A coarse hunk is correct too, it only conflicts more easily.
 */
export function diffLines(old: readonly string[], changed: readonly string[]): Hunk[] {
  const numbers = new Map<string, number>()
  const texts = { old: numbered(old, numbers), changed: numbered(changed, numbers) }
  return diffWithin(texts, { start: 0, end: old.length, newStart: 0, newEnd: changed.length })
}

/** Both texts with a number for each line, the same for equal lines, which is cheaper to compare. */
interface Texts {
  readonly old: Int32Array
  readonly changed: Int32Array
}

function numbered(lines: readonly string[], numbers: Map<string, number>): Int32Array {
  const result = new Int32Array(lines.length)
  for (const [place, line] of lines.entries()) {
    const known = numbers.get(line)
    if (known === undefined) numbers.set(line, numbers.size)
    result[place] = known ?? numbers.size - 1
  }
  return result
}

function diffWithin(texts: Texts, within: Hunk): Hunk[] {
  const area = trim(texts, within)
  if (area.start === area.end || area.newStart === area.newEnd) return isEmpty(area) ? [] : [area]
  return shortestDiff(texts, area) ?? diffBetweenAnchors(texts, area)
}

/** Takes off the lines that both texts begin and end with. */
function trim({ old, changed }: Texts, area: Hunk): Hunk {
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

/** Lines that only one text has are changed in any case; without them the search is far shorter, and as exact. */
function shortestDiff({ old, changed }: Texts, area: Hunk): Hunk[] | null {
  const lines = old.subarray(area.start, area.end)
  const newLines = changed.subarray(area.newStart, area.newEnd)
  const shared = placesOf(lines, new Set(newLines))
  const newShared = placesOf(newLines, new Set(lines))
  const matches = longestCommon(
    shared.map((place) => lines[place] as number),
    newShared.map((place) => newLines[place] as number),
    MOST_EDITS,
  )
  if (matches === null) return null
  for (let each = 0; each < matches.length; each += 2) {
    matches[each] = area.start + (shared[matches[each] as number] as number)
    matches[each + 1] = area.newStart + (newShared[matches[each + 1] as number] as number)
  }
  return gapsBetween(matches, area)
}

/** Where the lines are that are among `wanted`. */
function placesOf(lines: Int32Array, wanted: ReadonlySet<number>): Int32Array {
  const places = new Int32Array(lines.length)
  let count = 0
  for (let place = 0; place < lines.length; place++)
    if (wanted.has(lines[place] as number)) places[count++] = place
  return places.subarray(0, count)
}

function diffBetweenAnchors(texts: Texts, area: Hunk): Hunk[] {
  const anchors = findAnchors(texts, area)
  if (anchors.length === 0) return [area]
  return gapsBetween(anchors, area).flatMap((gap) => diffWithin(texts, gap))
}

/** What lies before, between and after pairs of equal lines. */
function gapsBetween(matches: Matches, area: Hunk): Hunk[] {
  const gaps: Hunk[] = []
  let { start, newStart } = area
  for (let each = 0; each < matches.length; each += 2) {
    const line = matches[each] as number
    const newLine = matches[each + 1] as number
    if (line > start || newLine > newStart) gaps.push({ start, end: line, newStart, newEnd: newLine })
    start = line + 1
    newStart = newLine + 1
  }
  const rest = { start, end: area.end, newStart, newEnd: area.newEnd }
  return isEmpty(rest) ? gaps : [...gaps, rest]
}

/** The longest run of lines that both texts hold exactly once, in the same order (patience diff). */
function findAnchors({ old, changed }: Texts, area: Hunk): Matches {
  const places = uniqueLines(old, area.start, area.end)
  const newPlaces = uniqueLines(changed, area.newStart, area.newEnd)
  const shared: Pair[] = []
  for (const [number, line] of places) {
    const newLine = newPlaces.get(number)
    if (newLine !== undefined) shared.push([line, newLine])
  }
  return Int32Array.from(longestIncreasing(shared).flat())
}

function uniqueLines(lines: Int32Array, start: number, end: number): Map<number, number> {
  const places = new Map<number, number>()
  const twice = new Set<number>()
  for (let line = start; line < end; line++) {
    const number = lines[line] as number
    if (places.has(number)) twice.add(number)
    places.set(number, line)
  }
  for (const number of twice) places.delete(number)
  return places
}

type Pair = readonly [line: number, newLine: number]

/** Of pairs in the order of their first number, the longest list in which the second numbers rise too. */
function longestIncreasing(pairs: readonly Pair[]): Pair[] {
  interface Step {
    readonly pair: Pair
    readonly previous: Step | undefined
  }
  const piles: Step[] = []
  for (const pair of pairs) {
    const pile = lowestPile(piles.length, (index) => (piles[index] as Step).pair[1] > pair[1])
    piles[pile] = { pair, previous: piles[pile - 1] }
  }
  const longest: Pair[] = []
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
