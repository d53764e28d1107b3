import type { CommandSpec, Flag } from '../flags.ts'

/** The page of `create-mlops --help`. */
export function overview(commands: readonly CommandSpec[], shared: Readonly<Record<string, Flag>>): string {
  const create = commands[0] as CommandSpec
  return `create-mlops: the MLOps infrastructure that fits, on your own data, one level at a time.

Usage
${rows(commands.map((command) => [command.usage, command.summary]))}

A new project
${flagRows(create.flags, shared)}

Everywhere
${flagRows(shared, {})}

Example
  create-mlops churn --data churn.csv --target churned
`
}

/** The page of `create-mlops COMMAND --help`. */
export function commandHelp(command: CommandSpec, shared: Readonly<Record<string, Flag>>): string {
  const own = flagRows(command.flags, shared)
  return `${command.summary}

Usage
  ${command.usage}
${own === '' ? '' : `\n${own}\n`}
Everywhere
${flagRows(shared, {})}
`
}

function flagRows(flags: Readonly<Record<string, Flag>>, except: Readonly<Record<string, Flag>>): string {
  return rows(
    Object.entries(flags)
      .filter(([name]) => !Object.hasOwn(except, name))
      .map(([name, flag]) => [
        `${flag.short === undefined ? '' : `-${flag.short}, `}--${name}${flag.value === undefined ? '' : ` ${flag.value}`}`,
        flag.help,
      ]),
  )
}

function rows(entries: readonly (readonly [string, string] | readonly string[])[]): string {
  const width = Math.min(44, Math.max(...entries.map(([left]) => (left as string).length)))
  return entries.map(([left, right]) => `  ${(left as string).padEnd(width)}  ${right}`).join('\n')
}
