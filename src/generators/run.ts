import inquirer from 'inquirer'
import nodePlop from 'node-plop'
import type { Context } from '../commands/context.ts'
import type { Answers } from '../commands/create.ts'
import type { Wishes } from '../commands/wishes.ts'
import type { ExitCode } from '../errors.ts'
import type { Catalog } from '../layers/catalog.ts'
import { generatorName, registerGenerators } from './generators.ts'
import { askAbout } from './questions.ts'

/** Asks what was not given, by the generator of the wanted level, and makes the project. */
export async function askAndCreate(
  catalog: Catalog,
  wishes: Wishes,
  context: Context,
  create: (answers: Answers) => Promise<ExitCode>,
): Promise<ExitCode> {
  const plop = await nodePlop('', { destBasePath: context.cwd, force: false })
  let outcome: { code: ExitCode } | { error: unknown } | undefined
  registerGenerators(
    plop,
    catalog,
    (level) => askAbout(level, catalog, wishes, context),
    async (answers) => {
      // plop turns an error into a line of text; ours are to arrive at the edge as they are.
      outcome = await create(answers).then(
        (code) => ({ code }),
        (error: unknown) => ({ error }),
      )
    },
  )
  const level = wishes.level ?? (await askLevel(catalog))
  const generator = plop.getGenerator(generatorName(level))
  await generator.runActions(await generator.runPrompts())
  if (outcome === undefined) throw new Error('the generator ran no action')
  if ('error' in outcome) throw outcome.error
  return outcome.code
}

async function askLevel(catalog: Catalog): Promise<number> {
  if (catalog.levels.length === 1) return 1
  const { level } = await inquirer.prompt([
    {
      type: 'select',
      name: 'level',
      message: 'Which level of maturity? The lowest that fits is the right one.',
      choices: catalog.levels.map(({ level, name, summary }) => ({
        value: level,
        name: `${level} ${name}`,
        description: summary,
      })),
    },
  ])
  return level as number
}
