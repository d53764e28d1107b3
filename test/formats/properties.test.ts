import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Model, models, PLAIN, type Style, styles } from './documents.ts'
import { isWithin, merge } from './merge.ts'
import { FORMATS } from './printers.ts'

/** The user's text in a style of its own, and a template at a level and at the one above it. */
interface Case {
  readonly yours: string
  readonly lower: string
  readonly upper: string
}

describe.each(FORMATS)('%s', (path, print) => {
  const cases: fc.Arbitrary<Case> = fc
    .tuple(models('u'), styles, models('t'), models('l'), fc.boolean())
    .map(([mine, style, more, less, comments]) => {
      const plain: Style = { ...PLAIN, comments, airy: comments }
      const lower = print(less, plain)
      return { yours: print(mine, style), lower, upper: print(union(less, more), plain) }
    })
  const holds = (property: (example: Case) => void) =>
    fc.assert(fc.property(cases, property), { numRuns: 40 })
  const added = (base: string | null, yours: string, theirs: string) => {
    const merged = merge(path, base, yours, theirs)
    expect(merged, 'a conflict').not.toBe(null)
    return merged ?? ''
  }

  it('has all of the text of the user, in its order', () => {
    holds(({ yours, upper }) => {
      expect(isWithin(yours, added(null, yours, upper))).toBe(true)
    })
  })

  it('gives back the bytes of the user once the layer goes', () => {
    holds(({ yours, upper }) => {
      expect(merge(path, upper, added(null, yours, upper), '')).toBe(yours)
    })
  })

  it('goes up a level and down again, step by step', () => {
    holds(({ yours, lower, upper }) => {
      const first = added(null, yours, lower)
      const second = added(lower, first, upper)
      expect(merge(path, upper, second, lower)).toBe(first)
      expect(merge(path, lower, first, '')).toBe(yours)
    })
  })

  it('is done after one time', () => {
    holds(({ yours, lower, upper }) => {
      const once = added(null, yours, upper)
      expect(merge(path, null, once, upper)).toBe(once)
      expect(merge(path, lower, added(lower, added(null, yours, lower), upper), upper)).toBe(
        added(lower, added(null, yours, lower), upper),
      )
    })
  })

  it('leaves the user alone where the template has nothing new', () => {
    holds(({ yours, upper }) => {
      expect(merge(path, upper, yours, upper)).toBe(yours)
      expect(merge(path, null, upper, upper)).toBe(upper)
    })
  })
})

/** What a level says that says more than the one below it. */
function union(lower: Record<string, Model>, more: Record<string, Model>): Record<string, Model> {
  const result: Record<string, Model> = { ...lower }
  for (const [key, value] of Object.entries(more)) {
    const known = result[key]
    result[key] = known === undefined ? value : both(known, value)
  }
  return result
}

function both(a: Model, b: Model): Model {
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b]
  return union(a as Record<string, Model>, b as Record<string, Model>)
}
