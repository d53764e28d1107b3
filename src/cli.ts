import { resolve } from 'node:path'
import { version } from '../package.json'
import { QUESTIONS } from './advise/situation.ts'
import { CONFLICT_ANSWERS, type Context } from './commands/context.ts'
import { EXIT, type ExitCode, KnownError, usageError } from './errors.ts'
import { type CommandSpec, type Flag, flagValue, type Parsed, parseFlags } from './flags.ts'
import { commandHelp, overview } from './ui/help.ts'
import { makeOutput, type Output, printKnownError, type Terminal } from './ui/output.ts'

type Run = (parsed: Parsed, context: Context) => Promise<ExitCode>

interface Command extends CommandSpec {
  readonly load: () => Promise<Run>
}

const SHARED: Record<string, Flag> = {
  'dry-run': { help: 'show the plan and write nothing' },
  diff: { help: 'show the plan as contents too' },
  json: { help: 'print the result for programs' },
  yes: { short: 'y', help: 'take the default for every question' },
  conflicts: { value: 'mine|theirs|markers', help: 'settle every conflict this way' },
  'allow-dirty': { help: 'go on although git shows uncommitted edits in planned files' },
  cwd: { value: 'DIR', help: 'work as if started in DIR' },
  help: { short: 'h', help: 'show this' },
  version: { short: 'v', help: 'show the version' },
}

const RESTORE: Flag = {
  value: 'PATH',
  repeatable: true,
  help: 'bring back a generated file that you deleted',
}

const COMMANDS: readonly Command[] = [
  {
    name: 'create',
    usage: 'create-mlops [DIR]',
    summary: 'a new project, or the first level of an existing one',
    arguments: { min: 0, max: 1 },
    flags: {
      ...SHARED,
      level: {
        value: '1..5',
        help: 'the level of maturity (default 1, or the one above code that is there)',
      },
      data: { value: 'FILE', help: 'the data: CSV, TSV (also .gz) or Parquet' },
      target: { value: 'COLUMN', help: 'the column to predict' },
      time: { value: 'COLUMN', help: 'the column that orders the rows in time; "none" for no such column' },
      id: { value: 'COLUMN', repeatable: true, help: 'a column that identifies a row' },
      type: {
        value: 'COLUMN=TYPE',
        repeatable: true,
        help: 'correct a type: numeric, categorical, boolean, date, text, id, ignore',
      },
      task: { value: 'TASK', help: 'correct the task: binary, multiclass, regression' },
      stack: { value: 'CHOICE=OPTION', repeatable: true, help: 'a tool, e.g. environment=pip' },
      name: { value: 'NAME', help: "the project's name (default: that of DIR)" },
      fact: {
        value: 'NAME=VALUE',
        repeatable: true,
        help: 'correct what was found in a repository, e.g. training=train.py; none for nothing',
      },
      'in-place': { help: 'add to a repository among its files, not in a folder mlops beside them' },
      'no-install': { help: 'do not install the Python packages' },
      'no-git': { help: 'do not make a git repository' },
    },
    load: async () => (await import('./commands/create.ts')).create,
  },
  {
    name: 'upgrade',
    usage: 'create-mlops upgrade [--to N]',
    summary: 'one level up, or to any level, down as well',
    arguments: { min: 0, max: 0 },
    flags: { ...SHARED, to: { value: '1..5', help: 'the level to go to' }, restore: RESTORE },
    load: async () => (await import('./commands/upgrade.ts')).upgrade,
  },
  {
    name: 'set',
    usage: 'create-mlops set CHOICE=OPTION …',
    summary: 'another tool, same project',
    arguments: { min: 1, max: 50 },
    flags: SHARED,
    load: async () => (await import('./commands/set.ts')).set,
  },
  {
    name: 'apply',
    usage: 'create-mlops apply',
    summary: 'make the project match an edited mlops.yaml, or a newer create-mlops',
    arguments: { min: 0, max: 0 },
    flags: { ...SHARED, restore: RESTORE },
    load: async () => (await import('./commands/apply.ts')).apply,
  },
  {
    name: 'undo',
    usage: 'create-mlops undo',
    summary: 'back to the bytes before the last apply',
    arguments: { min: 0, max: 0 },
    flags: SHARED,
    load: async () => (await import('./commands/undo.ts')).undo,
  },
  {
    name: 'assess',
    usage: 'create-mlops assess [DIR]',
    summary: 'which level a repository has reached, and what is next',
    arguments: { min: 0, max: 1 },
    flags: {
      ...SHARED,
      'min-level': { value: '1..5', help: 'fail below this level, for CI' },
      markdown: { help: 'print a page with a badge' },
      run: { help: 'also run its tests and its training, in a copy; this executes its code' },
      answers: { value: 'FILE', help: 'what people say: people, criteria, situation (docs/assess.md)' },
    },
    load: async () => (await import('./commands/assess.ts')).assess,
  },
  {
    name: 'advise',
    usage: 'create-mlops advise',
    summary: 'which level fits: a few questions, an answer with reasons',
    arguments: { min: 0, max: 0 },
    flags: { ...SHARED, ...adviceFlags() },
    load: async () => (await import('./commands/advise.ts')).advise,
  },
  {
    name: 'stacks',
    usage: 'create-mlops stacks',
    summary: 'every choice and option, its default, and how it was last tested',
    arguments: { min: 0, max: 0 },
    flags: SHARED,
    load: async () => (await import('./commands/stacks.ts')).stacks,
  },
  {
    name: 'explain',
    usage: 'create-mlops explain PATH',
    summary: 'why a file is here, whose it is, what may be changed in it',
    arguments: { min: 1, max: 1 },
    flags: SHARED,
    load: async () => (await import('./commands/explain.ts')).explain,
  },
]

function adviceFlags(): Record<string, Flag> {
  return Object.fromEntries(QUESTIONS.map(({ flag, value, help }) => [flag, { value, help }]))
}

/**
 * Runs one command line.
 *
 * @returns the exit code; every expected failure has been printed
 */
export async function main(argv: readonly string[], terminal: Terminal, cwd: string): Promise<ExitCode> {
  const [first, ...rest] = argv
  const named = COMMANDS.find((command) => command.name === first)
  const command = named ?? (COMMANDS[0] as Command)
  const args = named === undefined ? argv : rest
  const output = makeOutput(terminal, args.includes('--json'))
  try {
    const parsed = parseFlags(command, args)
    if (parsed.switches.has('help')) {
      const help = named === undefined ? overview(COMMANDS, SHARED) : commandHelp(command, SHARED)
      terminal.stdout.write(help)
      return EXIT.ok
    }
    if (parsed.switches.has('version')) {
      terminal.stdout.write(`${version}\n`)
      return EXIT.ok
    }
    const run = await command.load()
    return await run(parsed, contextOf(parsed, output, cwd))
  } catch (error) {
    return report(error, output)
  } finally {
    output.finish()
  }
}

function contextOf(parsed: Parsed, output: Output, cwd: string): Context {
  const { switches } = parsed
  return {
    cwd: resolve(cwd, flagValue(parsed, 'cwd') ?? '.'),
    output,
    dryRun: switches.has('dry-run'),
    diff: switches.has('diff'),
    yes: switches.has('yes'),
    allowDirty: switches.has('allow-dirty'),
    conflicts: conflictAnswer(flagValue(parsed, 'conflicts')),
  }
}

function conflictAnswer(value: string | undefined): Context['conflicts'] {
  if (value === undefined) return 'stop'
  const answer = CONFLICT_ANSWERS.find((each) => each === value)
  if (answer === undefined)
    throw usageError(`--conflicts is "${value}", expected ${CONFLICT_ANSWERS.join(', ')}`)
  return answer
}

function report(error: unknown, output: Output): ExitCode {
  if (error instanceof KnownError) {
    printKnownError(output, error)
    return error.exitCode
  }
  if (error instanceof Error && error.name === 'ExitPromptError') {
    output.note('Cancelled. Nothing was changed.')
    return EXIT.interrupted
  }
  output.note(
    `create-mlops failed, and that is a bug of ours:\n${error instanceof Error ? error.stack : error}`,
  )
  return EXIT.error
}
