import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'vitest'
import { assessRepository } from '../../src/assess/assess.ts'
import { factsOf } from '../../src/facts/facts.ts'
import { repositoryIn } from './memory.ts'

const FOLDER = 'test/fixtures/repositories'
const PATHS = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) =>
  statSync(join(FOLDER, path)).isFile(),
)
const TEXTS = PATHS.map(
  (path) => [path.slice(path.indexOf('/') + 1), readFileSync(join(FOLDER, path), 'utf8')] as const,
)

test('files that are damaged in any way are read as far as they go', () => {
  const damaged = fc
    .record({
      file: fc.constantFrom(...TEXTS),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(40),
      put: fc.oneof(
        fc.string(),
        fc.constantFrom('[[[', '{', '"""', "'", '\t', '- ', ': ', '&a *a', '\0', '\u2028'),
      ),
    })
    .map(({ file: [path, text], at, cut, put }) => {
      const position = Math.floor(at * text.length)
      return [path, text.slice(0, position) + put + text.slice(position + cut)] as const
    })
  fc.assert(
    fc.property(fc.array(damaged, { minLength: 1, maxLength: 12 }), (files) => {
      const repository = repositoryIn(Object.fromEntries(files))
      assessRepository(repository)
      factsOf(repository)
    }),
    { numRuns: process.env.CI === undefined ? 60 : 600 },
  )
})
