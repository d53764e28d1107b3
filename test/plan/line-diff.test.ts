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

test('texts too different for the shortest diff are cut at the lines that both hold once', () => {
  const old = Array.from({ length: 4000 }, (_, line) => (line % 10 === 0 ? `unique ${line}` : `old ${line}`))
  const changed = old.map((line) => line.replace('old', 'new'))
  const hunks = diffLines(old, changed)
  expect(hunks.length).toBe(400)
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
