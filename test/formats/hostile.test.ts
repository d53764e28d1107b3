import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { models, PLAIN, styles } from './documents.ts'
import { isWithin, merge } from './merge.ts'
import { FORMATS } from './printers.ts'

/** Bits that mean something, or nothing at all, in one of the formats. */
const BITS =
  '\t|\n|\r|\r\n| |  |#|# no|"|\'|:|: |=|,|-|- |---\n|...\n|[|]|[[x]]\n|[tool]\n|{|}|&a |*a|<<: *a\n|!tag |? |\\|>\n|\\\n|!|/|@|;|\0|é|💥|\uFEFF'
    .split(/(?<!\\)\|/)
    .map((bit) => bit.replace('\\|', '|'))

const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.constantFrom('', ...BITS)), {
  minLength: 1,
  maxLength: 4,
})

function damaged(text: string, places: readonly (readonly [number, number, string])[]): string {
  return places.reduce((result, [place, length, bit]) => {
    const at = place % (result.length + 1)
    return result.slice(0, at) + bit + result.slice(at + length)
  }, text)
}

describe.each(FORMATS)('%s, damaged', (path, print) => {
  const texts = fc.tuple(models('u'), styles, damage, models('t')).map(([mine, style, places, more]) => ({
    yours: damaged(print(mine, style), places),
    theirs: print(more, PLAIN),
  }))

  it('is a conflict, or keeps all that the user has, and comes to rest', () => {
    fc.assert(
      fc.property(texts, ({ yours, theirs }) => {
        const merged = merge(path, null, yours, theirs)
        if (merged === null) return
        expect(isWithin(yours, merged)).toBe(true)
        expect(merge(path, null, merged, theirs)).toBe(merged)
      }),
      { numRuns: 40 },
    )
  })

  it('is a conflict, or is left with all that is only in it, when the template takes everything back', () => {
    fc.assert(
      fc.property(texts, ({ yours, theirs }) => {
        const merged = merge(path, null, yours, theirs)
        const rest = merged === null ? null : merge(path, theirs, merged, '')
        if (rest !== null) expect(rest).toBe(yours)
      }),
      { numRuns: 40 },
    )
  })
})

describe('a lone carriage return', () => {
  it.each(FORMATS)('is a conflict in %s', (path) => {
    expect(merge(path, null, 'a: 1\r', 'b: 2\n')).toBe(null)
  })
})
