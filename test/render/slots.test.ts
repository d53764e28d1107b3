import { describe, expect, test } from 'vitest'
import { fillSlots } from '../../src/render/slots.ts'

describe('slots', () => {
  test('an empty slot leaves no trace', () => {
    expect(fillSlots('a\n# slot: more\nb\n', new Map(), 'f')).toBe('a\nb\n')
  })

  test('fillings take the place and the indentation of the marker, in order', () => {
    const text = 'jobs:\n  one: 1\n  # slot: jobs\n'
    const filled = fillSlots(text, new Map([['jobs', ['two: 2\n', 'three:\n\n  x: 3\n']]]), 'f')
    expect(filled).toBe('jobs:\n  one: 1\n  two: 2\n  three:\n\n    x: 3\n')
  })

  test.each(['# slot: a', '// slot: a', '<!-- slot: a -->', '%% slot: a', '; slot: a', '{# slot: a #}'])(
    '%s is a marker',
    (marker) => {
      expect(fillSlots(`${marker}\n`, new Map([['a', ['x']]]), 'f')).toBe('x\n')
    },
  )

  test('prose about a slot is no marker', () => {
    const text = 'x = 1  # slot: a\n# this slot: a\n'
    expect(fillSlots(text, new Map(), 'f')).toBe(text)
  })

  test('a filling without a slot is a mistake that names both', () => {
    expect(() => fillSlots('a\n', new Map([['more', ['x']]]), 'Makefile')).toThrow(
      'Makefile has no slot "more"',
    )
  })

  test('replacement patterns in a filling stay text (case 30)', () => {
    expect(fillSlots('# slot: a\n', new Map([['a', ["$& $' $1 $$\n"]]]), 'f')).toBe("$& $' $1 $$\n")
  })
})
