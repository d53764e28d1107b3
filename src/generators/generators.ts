import type { NodePlopAPI } from 'node-plop'
import type { Answers } from '../commands/create.ts'
import type { Catalog } from '../layers/catalog.ts'
import type { Level } from '../layers/level.ts'

/** Its name cannot be one of plop's own actions: those win over custom ones. */
const ACTION = 'create-mlops'

type Ask = (level: Level) => Promise<Answers>
type Make = (answers: Answers) => Promise<unknown>

/** One generator a level, made from its layer: its questions, and one action that goes through our own stages. */
export function registerGenerators(plop: NodePlopAPI, catalog: Catalog, ask: Ask, make: Make): void {
  plop.setActionType(ACTION, async (answers) => {
    await make(answers as unknown as Answers)
    return 'done'
  })
  for (const level of catalog.levels)
    plop.setGenerator(generatorName(level.level), {
      description: `${level.name}: ${level.summary}`,
      prompts: async () => ask(level),
      actions: [{ type: ACTION }],
    })
}

export function generatorName(level: number): string {
  return `level${level}`
}
