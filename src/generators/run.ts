import inquirer from 'inquirer'
import nodePlop from 'node-plop'
import { advise } from '../advise/advise.ts'
import { QUESTIONS, situationFrom } from '../advise/situation.ts'
import type { Context } from '../commands/context.ts'
import type { Answers } from '../commands/create.ts'
import type { Wishes } from '../commands/wishes.ts'
import type { ExitCode } from '../errors.ts'
import { type Catalog, highestLevel } from '../layers/catalog.ts'
import { formatAdvice } from '../ui/advice.ts'
import { askQuestions } from '../ui/advice-questions.ts'
import type { Output } from '../ui/output.ts'
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
  const level = wishes.level ?? (await askLevel(catalog, context.output))
  const generator = plop.getGenerator(generatorName(level))
  await generator.runActions(await generator.runPrompts())
  if (outcome === undefined) throw new Error('the generator ran no action')
  if ('error' in outcome) throw outcome.error
  return outcome.code
}

const UNSURE = 0

async function askLevel(catalog: Catalog, output: Output, preferred?: number): Promise<number> {
  if (catalog.levels.length === 1) return 1
  const { level } = await inquirer.prompt([
    {
      type: 'select',
      name: 'level',
      message: 'Which level of maturity? The lowest that fits is the right one.',
      default: preferred,
      choices: [
        ...catalog.levels.map(({ level, name, summary }) => ({
          value: level as number,
          name: `${level} ${name}`,
          description: summary,
        })),
        ...(preferred === undefined ? [{ value: UNSURE, name: 'not sure: a few questions' }] : []),
      ],
    },
  ])
  return level === UNSURE ? askLevel(catalog, output, await adviseLevel(catalog, output)) : (level as number)
}

/** The level that fits, or the highest that there is, once it has been said and explained. */
async function adviseLevel(catalog: Catalog, output: Output): Promise<number> {
  const advice = advise(situationFrom(await askQuestions(QUESTIONS)))
  output.print(`\n${formatAdvice(advice, output)}\n`)
  return Math.min(advice.level, highestLevel(catalog))
}
