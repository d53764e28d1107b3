import { describe, expect, test } from 'vitest'
import type { LevelNumber } from '../../src/layers/level.ts'
import { SETTINGS_FILE } from '../../src/project/settings.ts'
import { renderProject } from '../../src/render/project.ts'
import { catalog, desired, stacksOf } from './real-projects.ts'

const levels = catalog.levels.map(({ level }) => level)
const pairs = levels.flatMap((low) => levels.filter((high) => high > low).map((high) => [low, high] as const))
const cases = pairs.flatMap(([low, high]) => stacksOf(low).map((stack) => ({ low, high, stack })))

describe('a level only adds', () => {
  test.each(cases)('from $low to $high with $stack', ({ low, high, stack }) => {
    const before = linesByPath(low, stack)
    const after = linesByPath(high, stack)
    for (const [path, lines] of before) {
      expect(after.has(path), `${path} is gone`).toBe(true)
      const kept = path === SETTINGS_FILE ? lines.filter((line) => !line.startsWith('level: ')) : lines
      expect(firstLost(kept, after.get(path) ?? []), `${path} lost a line`).toBeUndefined()
    }
  })

  test('no level brings a file of a lower one, and every filling finds its slot', () => {
    for (const level of levels)
      for (const stack of stacksOf(level)) renderProject(catalog, desired(level, stack))
  })
})

function linesByPath(level: LevelNumber, stack: object): Map<string, string[]> {
  const tree = renderProject(catalog, desired(level, { ...stack }))
  return new Map(
    [...tree].map(([path, { content }]) => [path, Buffer.from(content).toString('utf8').split('\n')]),
  )
}

/** The first line that the higher level does not have in its place. */
function firstLost(lines: readonly string[], within: readonly string[]): string | undefined {
  let at = 0
  for (const line of lines) {
    while (at < within.length && within[at] !== line) at += 1
    if (at === within.length) return line
    at += 1
  }
  return undefined
}
