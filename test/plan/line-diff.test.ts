import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffLines } from '../../src/plan/line-diff.ts'

test('says which lines became which', () => {
  expect(diffLines(['a', 'b', 'c'], ['a', 'B', 'c', 'd'])).toEqual([
    { start: 1, end: 2, newStart: 1, newEnd: 2 },
    { start: 3, end: 3, newStart: 3, newEnd: 4 },
  ])
})

test('the hunks of any two texts turn one into the other, in order', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 })
  fc.assert(
    fc.property(lines, lines, (old, changed) => {
      expect(patched(old, changed)).toEqual(changed)
    }),
    { numRuns: 1000 },
  )
})

test('the hunks are the shortest that there are', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
  fc.assert(
    fc.property(lines, lines, (old, changed) => {
      const hunks = diffLines(old, changed)
      const kept = old.length - hunks.reduce((sum, { start, end }) => sum + end - start, 0)
      expect(kept).toBe(mostKept(old, changed))
    }),
    { numRuns: 500 },
  )
})

test('many changes of a text that repeats itself stay apart', () => {
  const old = Array.from({ length: 5000 }, (_, line) => `step ${line % 7}`)
  const changed = old.flatMap((line, at) => (at % 5 === 0 ? [] : [line]))
  const hunks = diffLines(old, changed)
  expect(hunks.length).toBeGreaterThan(900)
  expect(patched(old, changed)).toEqual(changed)
})

test('a text too different for the shortest diff that repeats itself becomes one hunk', () => {
  const old = [...Array(3000).fill('a'), ...Array(3000).fill('b')]
  const changed = [...Array(3000).fill('b'), ...Array(3000).fill('a')]
  expect(diffLines(old, changed)).toEqual([{ start: 0, end: 6000, newStart: 0, newEnd: 6000 }])
})

test('texts too different for the shortest diff are cut at the lines that both hold once', () => {
  const part = (line: number, one: string, other: string) => [`unique ${line}`, ...Array(5).fill(one), other]
  const old = Array.from({ length: 600 }, (_, line) => part(line, 'a', 'b')).flat()
  const changed = Array.from({ length: 600 }, (_, line) => part(line, 'b', 'a')).flat()
  const hunks = diffLines(old, changed)
  expect(hunks.length).toBeGreaterThanOrEqual(600)
  expect(patched(old, changed)).toEqual(changed)
})

test('moved unique lines do not confuse it', () => {
  const old = Array.from({ length: 3000 }, (_, line) => `line ${line}`)
  const changed = [...old].reverse()
  expect(patched(old, changed)).toEqual(changed)
})

function patched(old: readonly string[], changed: readonly string[]): string[] {
  const result: string[] = []
  let at = 0
  for (const { start, end, newStart, newEnd } of diffLines(old, changed)) {
    result.push(...old.slice(at, start), ...changed.slice(newStart, newEnd))
    at = end
  }
  return [...result, ...old.slice(at)]
}

/** How many lines the longest list has that both texts hold in order, by the textbook. */
function mostKept(old: readonly string[], changed: readonly string[]): number {
  let row = Array(changed.length + 1).fill(0)
  for (const line of old) {
    const next = [0]
    for (const [at, newLine] of changed.entries())
      next.push(line === newLine ? row[at] + 1 : Math.max(row[at + 1], next[at] as number))
    row = next
  }
  return row.at(-1)
}
