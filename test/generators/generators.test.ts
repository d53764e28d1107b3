import nodePlop from 'node-plop'
import { expect, test } from 'vitest'
import type { Answers } from '../../src/commands/create.ts'
import { generatorName, registerGenerators } from '../../src/generators/generators.ts'
import { catalog } from '../layers/real-projects.ts'

test('each level has a generator, whose one action goes through our own stages', async () => {
  const plop = await nodePlop('', { destBasePath: '/nowhere', force: false })
  const made: Answers[] = []
  registerGenerators(
    plop,
    catalog,
    async (level) => ({ name: 'churn', level: level.level }) as Answers,
    async (answers) => made.push(answers),
  )
  expect(plop.getGeneratorList().map(({ name }) => name)).toEqual(
    catalog.levels.map(({ level }) => generatorName(level)),
  )
  const generator = plop.getGenerator(generatorName(1))
  const { failures } = await generator.runActions(await generator.runPrompts())
  expect(failures).toEqual([])
  expect(made).toMatchObject([{ name: 'churn', level: 1 }])
})
