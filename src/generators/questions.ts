import { resolve } from 'node:path'
import inquirer from 'inquirer'
import { calledCode } from '../commands/answers.ts'
import type { Context } from '../commands/context.ts'
import { type Answers, projectFolder } from '../commands/create.ts'
import { OWN } from '../commands/existing.ts'
import type { FoundCode, Wishes } from '../commands/wishes.ts'
import { COLUMN_TYPES, type ColumnType } from '../data/contract.ts'
import {
  type ColumnsProfile,
  type Profile,
  profileColumns,
  rankTargets,
  settleTask,
  timeColumns,
} from '../data/profile.ts'
import { SAMPLE, samplePath } from '../data/sample.ts'
import { KnownError } from '../errors.ts'
import { type Catalog, choicesUpTo } from '../layers/catalog.ts'
import type { Level, LevelNumber } from '../layers/level.ts'
import { resolveStack, type Stack } from '../layers/stack.ts'
import { formatFindings } from '../ui/findings.ts'
import type { Output } from '../ui/output.ts'
import { showProgress } from '../ui/progress.ts'

/** The questions of one level's generator: folder, data, target, time, types, stack. What was given is not asked. */
export async function askAbout(
  level: Level,
  catalog: Catalog,
  wishes: Wishes,
  context: Context,
): Promise<Answers> {
  resolveStack(catalog, level.level, wishes.stack)
  const folder = await askFolder(wishes, context)
  const { file, isSample } = await askData(wishes, context)
  const progress = showProgress(context.output, `Reading ${file}`)
  const columns = await profileColumns(file, wishes.types, (share) =>
    progress.update(`Reading ${file} (${Math.floor(share * 100)} %)`),
  ).finally(() => progress.stop())
  const profile = await askAboutData(
    columns,
    isSample ? { ...wishes, target: wishes.target ?? SAMPLE.target } : wishes,
    context.output,
  )
  const stack = await askStack(catalog, level.level, wishes)
  const called = calledCode(wishes, stack)
  const own = called.own === undefined ? {} : { own: await askOwnCode(called.own) }
  return { ...folder, level: level.level, stack, data: file, profile, ...own }
}

async function askFolder(wishes: Wishes, context: Context): Promise<{ root: string; name: string }> {
  if (wishes.dir !== undefined) return projectFolder(context, wishes.dir, wishes.name)
  const { dir } = await inquirer.prompt([
    {
      type: 'input',
      name: 'dir',
      message: 'Folder of the project',
      default: 'my-model',
      validate: (answer: string) => problemOf(() => projectFolder(context, answer, wishes.name)),
    },
  ])
  return projectFolder(context, dir as string, wishes.name)
}

async function askData(wishes: Wishes, { cwd }: Context): Promise<{ file: string; isSample: boolean }> {
  if (wishes.data !== undefined) return { file: wishes.data, isSample: false }
  const { data } = await inquirer.prompt([
    {
      type: 'input',
      name: 'data',
      message: `Data file: CSV, TSV or Parquet (empty for the bundled sample, ${SAMPLE.title})`,
    },
  ])
  const isSample = data.trim() === ''
  return isSample ? { file: samplePath(), isSample } : { file: resolve(cwd, data.trim()), isSample }
}

async function askAboutData(columns: ColumnsProfile, wishes: Wishes, output: Output): Promise<Profile> {
  const target = wishes.target ?? (await askTarget(columns))
  const time = wishes.time === undefined ? await askTime(columns, target) : wishes.time
  let types = wishes.types
  for (;;) {
    const profile = settleTask(columns, { ...wishes, target, time, types })
    output.print(formatFindings(profile, output))
    const correction = await askCorrection(profile)
    if (correction === undefined) return profile
    types = { ...types, ...correction }
  }
}

async function askTarget(columns: ColumnsProfile): Promise<string> {
  const { target } = await inquirer.prompt([
    {
      type: 'select',
      name: 'target',
      message: 'Which column is to be predicted?',
      choices: rankTargets(columns).map((name) => ({ value: name, name })),
      pageSize: 15,
    },
  ])
  return target as string
}

async function askTime(columns: ColumnsProfile, target: string): Promise<string | null> {
  const candidates = timeColumns(columns, target)
  if (candidates.length === 0) return null
  const { time } = await inquirer.prompt([
    {
      type: 'select',
      name: 'time',
      message: 'Which column orders the rows in time? Splits and monitoring follow it.',
      choices: [...candidates.map((name) => ({ value: name, name })), { value: null, name: 'none' }],
    },
  ])
  return time as string | null
}

/** One corrected type, or nothing when all is right. */
async function askCorrection(profile: Profile): Promise<Record<string, ColumnType> | undefined> {
  const { column } = await inquirer.prompt([
    {
      type: 'select',
      name: 'column',
      message: 'Is this right?',
      default: null,
      choices: [
        { value: null, name: 'yes, go on' },
        ...profile.contract.columns.map(({ name, type }) => ({
          value: name,
          name: `correct ${name} (${type})`,
        })),
      ],
      pageSize: 15,
    },
  ])
  if (column === null) return undefined
  const { type } = await inquirer.prompt([
    {
      type: 'select',
      name: 'type',
      message: `What is ${column}?`,
      choices: COLUMN_TYPES.map((value) => ({ value, name: value })),
    },
  ])
  return { [column as string]: type as ColumnType }
}

async function askStack(catalog: Catalog, level: LevelNumber, { stack, own }: Wishes): Promise<Stack> {
  const answers: Record<string, string> = { ...stack }
  for (const choice of choicesUpTo(catalog, level)) {
    const options = own === undefined ? choice.options.filter(({ name }) => name !== OWN) : choice.options
    if (stack[choice.name] !== undefined || options.length === 1) continue
    const { option } = await inquirer.prompt([
      {
        type: 'select',
        name: 'option',
        message: choice.prompt,
        default: options.some(({ name }) => name === OWN) ? OWN : undefined,
        choices: options.map(({ name, label, summary }) => ({
          value: name,
          name: label,
          description: summary,
        })),
      },
    ])
    answers[choice.name] = option as string
  }
  return resolveStack(catalog, level, answers)
}

/** How the user's own code is called, each point with what was found as its default. */
async function askOwnCode(found: FoundCode): Promise<FoundCode> {
  const { code } = found
  const { train, data, model, predict } = await inquirer.prompt([
    ownQuestion(
      'train',
      'How does your code train? module:function, script, notebook or command',
      code.train,
    ),
    ownQuestion('data', 'Which file does it read?', code.data),
    ownQuestion('model', 'Which file does it leave the model in?', code.model),
    {
      type: 'input',
      name: 'predict',
      message: 'How does it predict? module:function, a command with {input}, or empty: the model is asked',
      default: code.predict ?? '',
    },
  ])
  return { ...found, code: { ...code, train, data, model, predict: predict === '' ? null : predict } }
}

function ownQuestion(name: string, message: string, found: string | null) {
  return {
    type: 'input',
    name,
    message,
    default: found ?? undefined,
    validate: (answer: string) => answer.trim() !== '' || 'This is needed to call your code.',
  } as const
}

function problemOf(attempt: () => unknown): true | string {
  try {
    attempt()
    return true
  } catch (error) {
    if (error instanceof KnownError) return error.message
    throw error
  }
}
