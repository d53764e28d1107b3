import { describe, expect, test } from 'vitest'
import { ADDS } from '../../src/assess/adds.ts'
import { CRITERIA } from '../../src/assess/criteria/criteria.ts'
import { loadTemplates } from '../../src/layers/templates.ts'
import { CRITERIA_CASES } from './criteria-cases.ts'
import { repositoryIn } from './memory.ts'

describe.each(CRITERIA)('$id, $title', (criterion) => {
  const { positive, negative } = CRITERIA_CASES[criterion.id] ?? { positive: [], negative: [] }

  test('it has a source, and a fixture for and against it', () => {
    expect(criterion.source).not.toBe('')
    expect(positive.length).toBeGreaterThan(0)
    expect(negative.length).toBeGreaterThan(0)
  })

  test.each(positive.map((files, index) => ({ index, files })))('met by fixture $index', ({ files }) => {
    const { found } = criterion.look(repositoryIn(files))
    expect(found).not.toEqual([])
    for (const { path, line } of found) {
      expect(Object.keys(files)).toContain(path)
      expect(line).toBeGreaterThan(0)
    }
  })

  test.each(negative.map((files, index) => ({ index, files })))(
    'not met by near miss $index',
    ({ files }) => {
      expect(criterion.look(repositoryIn(files)).found).toEqual([])
    },
  )
})

test('every id is there once, and no fixture is left over', () => {
  const ids = CRITERIA.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(Object.keys(CRITERIA_CASES).sort()).toEqual([...ids].sort())
})

test('what moving up would bring is in the templates', () => {
  const templates = [...loadTemplates().keys()].map((path) =>
    path.replace(/^level\d\/([^/]+\/[^/]+|common)\//, '').replace(/\.hbs$/, ''),
  )
  const all = new Set([
    ...templates,
    ...[...loadTemplates().keys()].map((path) => path.replace(/^level\d\/common\//, '')),
  ])
  // The contract is made of the data, and not of a template.
  const missing = Object.values(ADDS).filter(
    (path) => !all.has(path) && path !== 'contract.yaml' && !all.has(`${path}.hbs`),
  )
  expect(missing).toEqual([])
})
