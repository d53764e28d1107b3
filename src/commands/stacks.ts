import { EXIT, type ExitCode } from '../errors.ts'
import type { Parsed } from '../flags.ts'
import { readCatalog } from '../layers/catalog.ts'
import { defaultOption } from '../layers/stack.ts'
import { loadTemplates, type Templates } from '../layers/templates.ts'
import type { Context } from './context.ts'

/** How the end-to-end tests with an option ended when they were last run. */
interface Tested {
  readonly passed: number
  readonly failed: number
  readonly date: string
  readonly version: string
}

/** Lists every choice and option, and how it was last tested. */
export async function stacks(_parsed: Parsed, { output }: Context): Promise<ExitCode> {
  const templates = loadTemplates()
  const { levels } = readCatalog(templates)
  const tested = lastTested(templates)
  for (const level of levels) {
    output.print(output.style('bold', `Level ${level.level}, ${level.name}: ${level.summary}`))
    for (const choice of level.choices)
      for (const option of choice.options) {
        const mark = option.name === defaultOption(choice) ? ' (default)' : ''
        const name = `${choice.name}=${option.name}`
        output.print(`  ${`${name}${mark}`.padEnd(36)}  ${option.summary}`)
        output.print(`  ${''.padEnd(36)}  ${output.style('dim', describe(tested[name]))}`)
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
        options: choice.options.map(({ name: option, summary }) => ({
          name: option,
          summary,
          tested: tested[`${choice.name}=${option}`] ?? null,
        })),
      })),
    })),
  )
  return EXIT.ok
}

function lastTested(templates: Templates): Readonly<Record<string, Tested>> {
  const file = templates.get('tested.json')
  return file === undefined ? {} : JSON.parse(Buffer.from(file.content).toString('utf8'))
}

function describe(tested: Tested | undefined): string {
  if (tested === undefined || tested.passed + tested.failed === 0) return 'not tested yet'
  const { passed, failed, date, version } = tested
  return `${passed} tests passed${failed === 0 ? '' : `, ${failed} FAILED`} on ${date} (version ${version})`
}
