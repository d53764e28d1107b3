import { describe, expect, it } from 'vitest'
import { formatMerge } from '../../src/plan/formats/index.ts'

const THEIRS =
  'PYTHON = uv run python\n.DEFAULT_GOAL ?= help\n.PHONY: help train\nhelp:\n\t@echo help\ntrain: data\n\tuv run churn train\n'

describe('a Makefile that both have', () => {
  it("stays, but for one line that includes the layer's beside it", () => {
    expect(formatMerge('Makefile', null, 'all: lib\n\techo $@\n', THEIRS)).toEqual({
      text: 'all: lib\n\techo $@\n\n-include mlops.mk\n',
      extra: [{ path: 'mlops.mk', text: THEIRS }],
    })
  })

  it('stays as it is at the next level, while the file beside it changes', () => {
    const mine = 'all: lib\n\n-include mlops.mk\n# the end\n'
    expect(formatMerge('sub/Makefile', THEIRS, mine, `${THEIRS}serve:\n`)).toEqual({
      text: mine,
      extra: [{ path: 'sub/mlops.mk', text: `${THEIRS}serve:\n` }],
    })
  })

  it.each(['all:\n', 'all:', '', 'all:\r\n\techo\r\n', 'all:\n\n\n'])(
    'is what it was once the layer goes: %j',
    (mine) => {
      const merged = formatMerge('Makefile', null, mine, THEIRS)?.text ?? ''
      expect(formatMerge('Makefile', THEIRS, merged, '')).toEqual({ text: mine })
    },
  )

  it.each([
    ['a target', 'train:\n\tpython train.py\n'],
    ['a target among others', 'lint train : all\n'],
    ['a target in the next line', 'lint \\\n  help: all\n'],
    ['a variable', 'PYTHON ?= python\n'],
  ])('is a conflict where both define %s', (_what, mine) => {
    expect(formatMerge('Makefile', null, mine, THEIRS)).toBe(null)
  })

  it("is a conflict where the layer's file would change how make reads the user's", () => {
    expect(formatMerge('Makefile', null, 'all:\n', '.DEFAULT_GOAL := help\nhelp:\n')).toBe(null)
    expect(formatMerge('Makefile', null, 'all:\n', '.ONESHELL:\n')).toBe(null)
  })

  it('is a conflict where a line at its end would belong to the one above', () => {
    expect(formatMerge('Makefile', null, 'FILES = a \\\n', THEIRS)).toBe(null)
  })

  it("is no matter of formats where it is the template's, edited", () => {
    expect(formatMerge('Makefile', THEIRS, `${THEIRS}mine:\n`, 'help:\n')).toBe(null)
  })
})
