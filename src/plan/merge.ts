import { diffLines, type Hunk } from './line-diff.ts'
import { type Line, type LineEnding, parseText, renderText, type Text } from './text.ts'

export interface MergeResult {
  /** Both sides' changes; null where they touch the same lines. */
  readonly clean: string | null
  /** The same with conflict markers where `clean` is null. */
  readonly marked: string
}

/** What git calls the sides; the labels of the markers that we write. */
const MARKERS = {
  yours: '<<<<<<< yours',
  base: '||||||| as it was generated',
  middle: '=======',
  theirs: '>>>>>>> create-mlops',
} as const

/**
 * Merges what the user (`yours`) and the template (`theirs`) did to `base`. Lines are compared without their endings;
 * the user's BOM, endings and final newline stay, and added lines get the ending that most of the user's lines have.
 */
export function mergeText(base: string, yours: string, theirs: string): MergeResult {
  const sides = { base: parseText(base), yours: parseText(yours), theirs: parseText(theirs) }
  const regions = mergeRegions(sides)
  const isClean = regions.every((region) => region.kind === 'lines')
  const marked = render(regions, sides)
  return { clean: isClean ? marked : null, marked }
}

/** Whether the markers of an earlier run are still in a text. */
export function hasMarkers(text: string): boolean {
  const lines = new Set(text.split(/\r?\n/))
  return lines.has(MARKERS.yours) && lines.has(MARKERS.theirs)
}

interface Sides {
  readonly base: Text
  readonly yours: Text
  readonly theirs: Text
}

type Region =
  | { readonly kind: 'lines'; readonly lines: readonly Line[] }
  | {
      readonly kind: 'conflict'
      readonly base: readonly Line[]
      readonly yours: readonly Line[]
      readonly theirs: readonly Line[]
    }

/** A stretch of the base that at least one side changed, with what each side has there. */
interface Overlap {
  start: number
  end: number
  readonly yours: Hunk[]
  readonly theirs: Hunk[]
}

function mergeRegions(sides: Sides): Region[] {
  const base = textsOf(sides.base)
  const yourHunks = diffLines(base, textsOf(sides.yours))
  const theirHunks = diffLines(base, textsOf(sides.theirs))
  const regions: Region[] = []
  /** How far the user's text is ahead of the base. */
  let at = 0
  let shift = 0
  for (const overlap of overlapsOf(yourHunks, theirHunks)) {
    regions.push({ kind: 'lines', lines: sides.yours.lines.slice(at + shift, overlap.start + shift) })
    regions.push(...regionsOf(sides, overlap, shift))
    shift += growthOf(overlap.yours)
    at = overlap.end
  }
  return [...regions, { kind: 'lines', lines: sides.yours.lines.slice(at + shift) }]
}

/** Changes that overlap or touch belong together: whether they fit is for a person to say. */
function overlapsOf(yours: readonly Hunk[], theirs: readonly Hunk[]): Overlap[] {
  const overlaps: Overlap[] = []
  let last: Overlap | undefined
  for (let mine = 0, other = 0; mine < yours.length || other < theirs.length; ) {
    const isMine =
      (yours[mine]?.start ?? Number.POSITIVE_INFINITY) <= (theirs[other]?.start ?? Number.POSITIVE_INFINITY)
    const hunk = (isMine ? yours[mine++] : theirs[other++]) as Hunk
    if (last === undefined || hunk.start > last.end) {
      last = { start: hunk.start, end: hunk.end, yours: [], theirs: [] }
      overlaps.push(last)
    }
    last.end = Math.max(last.end, hunk.end)
    last[isMine ? 'yours' : 'theirs'].push(hunk)
  }
  return overlaps
}

function regionsOf(sides: Sides, overlap: Overlap, shift: number): Region[] {
  const yours = sides.yours.lines.slice(overlap.start + shift, overlap.end + shift + growthOf(overlap.yours))
  const theirs = sides.theirs.lines.slice(...rangeIn(overlap, overlap.theirs))
  if (overlap.theirs.length === 0 || isSame(yours, theirs)) return [{ kind: 'lines', lines: yours }]
  if (overlap.yours.length === 0)
    return [{ kind: 'lines', lines: withEnding(theirs, sides.yours.lineEnding) }]
  return narrow(sides.base.lines.slice(overlap.start, overlap.end), yours, theirs)
}

/** Leaves the lines out of a conflict that both sides begin or end with. */
function narrow(base: readonly Line[], yours: readonly Line[], theirs: readonly Line[]): Region[] {
  const shorter = Math.min(yours.length, theirs.length)
  let head = 0
  while (head < shorter && yours[head]?.text === theirs[head]?.text) head++
  let tail = 0
  while (tail < shorter - head && yours.at(-1 - tail)?.text === theirs.at(-1 - tail)?.text) tail++
  const middle = (lines: readonly Line[]) => lines.slice(head, lines.length - tail)
  return [
    { kind: 'lines', lines: yours.slice(0, head) },
    { kind: 'conflict', base, yours: middle(yours), theirs: middle(theirs) },
    { kind: 'lines', lines: yours.slice(yours.length - tail) },
  ]
}

/** Where the lines `[start, end)` of the base are in a side, given that side's hunks in it. */
function rangeIn(overlap: Overlap, hunks: readonly Hunk[]): [number, number] {
  const first = hunks[0]
  const last = hunks.at(-1)
  if (first === undefined || last === undefined) return [0, 0]
  return [first.newStart - (first.start - overlap.start), last.newEnd + (overlap.end - last.end)]
}

function growthOf(hunks: readonly Hunk[]): number {
  return hunks.reduce((sum, hunk) => sum + (hunk.newEnd - hunk.newStart) - (hunk.end - hunk.start), 0)
}

function render(regions: readonly Region[], sides: Sides): string {
  const ending = sides.yours.lineEnding
  const lines = regions.flatMap((region) =>
    region.kind === 'lines' ? region.lines : markersAround(region, ending),
  )
  return renderText({ ...sides.yours, lines: withLastEnding(lines, ending, endsWithNewline(sides)) })
}

function markersAround(conflict: Extract<Region, { kind: 'conflict' }>, ending: LineEnding): Line[] {
  const marker = (text: string): Line => ({ text, ending })
  return [
    marker(MARKERS.yours),
    ...conflict.yours,
    marker(MARKERS.base),
    ...withEnding(conflict.base, ending),
    marker(MARKERS.middle),
    ...withEnding(conflict.theirs, ending),
    marker(MARKERS.theirs),
  ]
}

/** The user's last line decides whether the text ends in a newline, unless only the template changed that. */
function endsWithNewline({ base, yours, theirs }: Sides): boolean {
  const [before, mine, other] = [base, yours, theirs].map(hasFinalNewline) as [boolean, boolean, boolean]
  return mine === before ? other : mine
}

function hasFinalNewline(text: Text): boolean {
  return text.lines.at(-1)?.ending !== ''
}

/** Every line but the last needs an ending, also one that used to be the last of its side. */
function withLastEnding(lines: readonly Line[], ending: LineEnding, hasFinal: boolean): Line[] {
  return lines.map((line, index) => {
    if (index === lines.length - 1 && !hasFinal) return { ...line, ending: '' }
    return line.ending === '' ? { ...line, ending } : line
  })
}

function withEnding(lines: readonly Line[], ending: LineEnding): Line[] {
  return lines.map((line) => ({ text: line.text, ending }))
}

function textsOf(text: Text): string[] {
  return text.lines.map((line) => line.text)
}

function isSame(one: readonly Line[], other: readonly Line[]): boolean {
  return one.length === other.length && one.every((line, index) => line.text === other[index]?.text)
}
