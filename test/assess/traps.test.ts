import { describe, expect, test } from 'vitest'
import { TRAPS } from '../../src/assess/traps.ts'
import { repositoryIn } from './memory.ts'
import { TRAP_CASES } from './trap-cases.ts'

describe.each(TRAPS)('$id, $title', (trap) => {
  const { positive, negative } = TRAP_CASES[trap.id] ?? { positive: [], negative: [] }

  test('it has a meaning, and a fixture for and against it', () => {
    expect(trap.meaning).not.toBe('')
    expect(positive.length).toBeGreaterThan(0)
    expect(negative.length).toBeGreaterThan(0)
  })

  test.each(positive.map((files, index) => ({ index, files })))('seen in fixture $index', ({ files }) => {
    expect(trap.look(repositoryIn(files))).not.toEqual([])
  })

  test.each(negative.map((files, index) => ({ index, files })))('not seen in $index', ({ files }) => {
    expect(trap.look(repositoryIn(files))).toEqual([])
  })
})

test('a secret is never shown', () => {
  const trap = TRAPS.find(({ id }) => id === 'X9')
  const seen = trap?.look(repositoryIn({ 'load.py': 'db_password = "Sommer2021!"\n' }))
  expect(seen).toEqual([{ path: 'load.py', line: 1, what: 'a value for db_password' }])
})
