import type { Groups } from './sampled.ts'

const FIRST_ROWS = 300

/** How well the groups of one column tell the groups of another. */
export interface Classification {
  /** The share of rows that belong to the main class of their group. */
  readonly share: number
  /** The smallest share of a class that is told. */
  readonly leastRecall: number
  /** How many groups and classes have rows, and how many rows the smallest class has. */
  readonly groups: number
  readonly classes: number
  readonly leastRows: number
}

/** Whether the first rows leave it open that the groups of one column tell those of another: a cheap look. */
export function mayTell(column: Groups, target: Groups): boolean {
  const rows = Math.min(FIRST_ROWS, target.codes.length)
  const last = new Map<number, number>()
  let conflicts = 0
  for (let i = 0; i < rows; i++) {
    const group = column.codes[i] ?? 0
    const actual = target.codes[i] ?? 0
    if ((last.get(group) ?? actual) !== actual) conflicts++
    last.set(group, actual)
  }
  return conflicts <= rows / 20
}

export function classify(column: Groups, target: Groups): Classification {
  const main = mainClasses(column, target)
  const rows = new Float64Array(target.size)
  const told = new Float64Array(target.size)
  for (let i = 0; i < target.codes.length; i++) {
    const actual = target.codes[i] ?? 0
    rows[actual] = (rows[actual] ?? 0) + 1
    if (main.get(column.codes[i] ?? 0) === actual) told[actual] = (told[actual] ?? 0) + 1
  }
  let leastRecall = 1
  let leastRows = target.codes.length
  let classes = 0
  for (const [i, count] of rows.entries()) {
    if (count === 0) continue
    classes++
    leastRows = Math.min(leastRows, count)
    leastRecall = Math.min(leastRecall, (told[i] ?? 0) / count)
  }
  const all = told.reduce((sum, count) => sum + count, 0)
  return { share: all / target.codes.length, leastRecall, groups: main.size, classes, leastRows }
}

/** How often the class changes on the way from the smallest number to the largest. */
export function countChanges(numbers: Float64Array, target: Groups): number {
  const keys = numbers.map((number) => (Number.isNaN(number) ? Number.MAX_VALUE : number))
  const order = Int32Array.from(numbers.keys()).sort(
    (a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || (target.codes[a] ?? 0) - (target.codes[b] ?? 0),
  )
  let changes = 0
  for (let i = 1; i < order.length; i++) {
    if (target.codes[order[i] ?? 0] !== target.codes[order[i - 1] ?? 0]) changes++
  }
  return changes
}

/** The most frequent class of each group. */
function mainClasses(column: Groups, target: Groups): Map<number, number> {
  const counts = new Map<number, number>()
  const best = new Map<number, { main: number; count: number }>()
  for (let i = 0; i < target.codes.length; i++) {
    const group = column.codes[i] ?? 0
    const actual = target.codes[i] ?? 0
    const key = group * target.size + actual
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    if (count > (best.get(group)?.count ?? 0)) best.set(group, { main: actual, count })
  }
  return new Map([...best].map(([group, { main }]) => [group, main]))
}
