import { firstAddition } from './additions.ts'
import { NoOpinion } from './no-opinion.ts'
import { applyEdits, type Edit, insertLines, isBlank, lineEnd, nextLine, removal, toLf } from './text.ts'

/** What a line says: which thing it is about, and what about it. */
export interface Entry {
  readonly key: string
  readonly value: string
}

/** A format whose files are lists of entries, one a line, with comments that start with `#`. */
export interface LineFormat {
  /** Undefined for lines that are no entries. */
  read(line: string): Entry | undefined
  /** Whether the next line continues this one. */
  isContinued(line: string): boolean
  /** Whether the user's value, which the template sets as well, does for the template. */
  satisfies(yours: string, theirs: string): boolean
  /** Before which of the user's lines new entries belong, its number; behind the last one by default. */
  place(yours: readonly ListLine[], theirs: readonly Entry[], added: readonly Entry[]): number
}

/** A line, with those that continue it, and where it is. */
export interface ListLine {
  readonly start: number
  /** Where the next line starts. */
  readonly end: number
  readonly text: string
  readonly entry: Entry | undefined
}

/** Merges lists entry by entry, and changes no other line of the user's. */
export function mergeLines(format: LineFormat, base: string | null, yours: string, theirs: string): string {
  const lists = { base: readLines(format, toLf(base ?? '')), theirs: readLines(format, toLf(theirs)) }
  const changed = applyEdits(yours, takeAway(format, readLines(format, yours), lists))
  return applyEdits(changed, bringIn(format, readLines(format, changed), lists, changed))
}

interface Pristine {
  readonly base: readonly ListLine[]
  readonly theirs: readonly ListLine[]
}

function takeAway(format: LineFormat, yours: readonly ListLine[], lists: Pristine): Edit[] {
  const [base, theirs] = [byKey(lists.base), byKey(lists.theirs)]
  const entries = yours.filter((line) => line.entry !== undefined)
  const first = firstAddition(entries.map(keyOf), base, theirs)
  const gone = new Set<ListLine>()
  const edits: Edit[] = []
  for (const [index, line] of entries.entries()) {
    const [was, is] = [base.get(keyOf(line)), theirs.get(keyOf(line))]
    const decision = decide(format, was, line, is)
    if (decision === 'remove' && index >= first) gone.add(line)
    if (decision === 'replace' && is?.entry && line.entry) edits.push(replaceValue(line, is))
  }
  return [...edits, ...removeRuns(yours, gone, lists)]
}

type Decision = 'keep' | 'remove' | 'replace'

function decide(format: LineFormat, was: Maybe, line: ListLine, is: Maybe): Decision {
  const [before, mine, after] = [was?.entry?.value, line.entry?.value ?? '', is?.entry?.value]
  if (before === after || mine === after) return 'keep'
  if (after === undefined) return line.text.trim() === was?.text.trim() ? 'remove' : 'keep'
  if (before === undefined && format.satisfies(mine, after)) return 'keep'
  if (mine !== before) throw new NoOpinion(`both sides set ${line.entry?.key}`)
  return 'replace'
}

type Maybe = ListLine | undefined

/** The user's comment behind the entry stays. */
function replaceValue(line: ListLine, by: ListLine): Edit {
  const [before, after] = [line.text.replace(COMMENT, ''), by.text.replace(COMMENT, '')]
  if (before.includes('\n') || after.includes('\n')) throw new NoOpinion('an entry of several lines')
  return { start: line.start, end: line.start + before.length, text: after }
}

const COMMENT = /\s+#.*$/

/** Removes entries with the comments that came with them, and the empty lines that set them off. */
function removeRuns(lines: readonly ListLine[], gone: Set<ListLine>, lists: Pristine): Edit[] {
  const isRetired = retiredComments(lists)
  const goes: boolean[] = []
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index] as ListLine
    const above = lines[index - 1]
    const isBetween = isBlank(line.text) && above !== undefined && gone.has(above)
    goes[index] = gone.has(line) || (goes[index + 1] === true && (isBetween || isRetired(line.text)))
  }
  return runsOf(goes).map(([from, to]) => removeRun(lines, from, to))
}

/** A run at the end was set off by an empty line above it, one elsewhere by one below it. */
function removeRun(lines: readonly ListLine[], from: number, to: number): Edit {
  const [first, last, above, below] = [lines[from], lines[to], lines[from - 1], lines[to + 1]]
  if (first === undefined || last === undefined) throw new NoOpinion('nothing to remove')
  const isSetOff = above === undefined || isBlank(above.text)
  if (below === undefined) return removal(isSetOff ? (above?.start ?? 0) : first.start, last.end)
  return removal(first.start, isSetOff && isBlank(below.text) ? below.end : last.end)
}

function bringIn(format: LineFormat, yours: readonly ListLine[], lists: Pristine, text: string): Edit[] {
  const [base, mine] = [byKey(lists.base), byKey(yours)]
  const added = lists.theirs.filter((line) => isAdded(line, base, mine))
  if (added.length === 0) return []
  const place = format.place(yours, lists.theirs.flatMap(entryOf), added.flatMap(entryOf))
  const block = pick(lists, new Set(added)).join('\n')
  const next = yours[place]
  if (next === undefined) return [insertLines(text, text.length, text === '' ? block : `\n${block}`)]
  const above = yours[place - 1]
  const isSetOff = above === undefined || isBlank(above.text)
  return [insertLines(text, next.start, isSetOff ? `${block}\n` : block)]
}

function isAdded(line: ListLine, base: ByKey, mine: ByKey): boolean {
  if (line.entry === undefined || mine.has(line.entry.key)) return false
  const was = base.get(line.entry.key)?.entry
  if (was !== undefined && was.value !== line.entry.value) throw new NoOpinion('deleted here, changed there')
  return was === undefined
}

/** The added lines, by groups as in the template, each with the new comment lines that introduce it. */
function pick({ base, theirs }: Pristine, added: ReadonlySet<ListLine>): string[] {
  const known = new Set(base.map((line) => line.text))
  const picked: string[] = []
  let introduces = false
  let isSeparated = false
  for (const [index, line] of [...theirs.entries()].reverse()) {
    const isIntroduction = line.entry === undefined && !isBlank(line.text)
    const below = theirs[index + 1]
    if (isBlank(line.text) || (!isIntroduction && below?.entry === undefined)) introduces = false
    if (isBlank(line.text)) isSeparated = picked.length > 0
    const isWanted = added.has(line) || (isIntroduction && introduces && !known.has(line.text))
    if (!isWanted) continue
    introduces = true
    picked.push(...(isSeparated ? [''] : []), line.text)
    isSeparated = false
  }
  return picked.reverse()
}

function retiredComments({ base, theirs }: Pristine): (line: string) => boolean {
  const count = (lines: readonly ListLine[], text: string) =>
    lines.filter((line) => line.text === text).length
  return (text) => text.startsWith('#') && count(base, text) > count(theirs, text)
}

function readLines(format: LineFormat, text: string): ListLine[] {
  const lines: ListLine[] = []
  for (let start = 0; start < text.length; start = lines.at(-1)?.end ?? text.length) {
    let last = start
    while (format.isContinued(text.slice(last, lineEnd(text, last))) && nextLine(text, last) < text.length) {
      last = nextLine(text, last)
    }
    const line = toLf(text.slice(start, lineEnd(text, last)))
    lines.push({ start, end: nextLine(text, last), text: line, entry: format.read(line) })
  }
  return lines
}

type ByKey = ReadonlyMap<string, ListLine>

function byKey(lines: readonly ListLine[]): ByKey {
  return new Map(lines.flatMap((line) => (line.entry === undefined ? [] : [[line.entry.key, line]])))
}

function keyOf({ entry }: ListLine): string {
  return entry?.key ?? ''
}

function entryOf({ entry }: ListLine): Entry[] {
  return entry === undefined ? [] : [entry]
}

/** The first and last index of each run of true. */
function runsOf(flags: readonly boolean[]): [number, number][] {
  const runs: [number, number][] = []
  flags.forEach((flag, index) => {
    const open = runs.at(-1)
    if (!flag) return
    if (open !== undefined && open[1] === index - 1) open[1] = index
    else runs.push([index, index])
  })
  return runs
}
