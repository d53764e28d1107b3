import { EXIT, type ExitCode } from '../errors.ts'
import type { Parsed } from '../flags.ts'
import { readCatalog } from '../layers/catalog.ts'
import { defaultOption } from '../layers/stack.ts'
import { loadTemplates } from '../layers/templates.ts'
import type { Context } from './context.ts'

/** Lists every choice and option. */
export async function stacks(_parsed: Parsed, { output }: Context): Promise<ExitCode> {
  const { levels } = readCatalog(loadTemplates())
  for (const level of levels) {
    output.print(output.style('bold', `Level ${level.level}, ${level.name}: ${level.summary}`))
    for (const choice of level.choices)
      for (const option of choice.options) {
        const mark = option.name === defaultOption(choice) ? ' (default)' : ''
        output.print(`  ${`${choice.name}=${option.name}${mark}`.padEnd(36)}  ${option.summary}`)
      }
  }
  output.result(
    levels.map(({ level, name, summary, choices }) => ({
      level,
      name,
      summary,
      choices: choices.map((choice) => ({
        name: choice.name,
        default: defaultOption(choice),
        options: choice.options.map((option) => ({ name: option.name, summary: option.summary })),
      })),
    })),
  )
  return EXIT.ok
}
