import { parseArgs } from 'node:util'
import { usageError } from './errors.ts'
import { suggestion } from './nearest.ts'

/** One flag of a command: what follows it (nothing for a switch), and what it does. */
export interface Flag {
  readonly value?: string
  readonly repeatable?: true
  readonly short?: string
  readonly help: string
}

export interface CommandSpec {
  readonly name: string
  readonly usage: string
  readonly summary: string
  readonly flags: Readonly<Record<string, Flag>>
  /** How many arguments without a flag the command takes. */
  readonly arguments: { readonly min: number; readonly max: number }
}

/** What was typed: switches by name, values by name, and the arguments without a flag. */
export interface Parsed {
  readonly switches: ReadonlySet<string>
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly positionals: readonly string[]
}

/**
 * Parses the arguments of one command.
 *
 * @throws KnownError (usage) that names the flag which is wrong
 */
export function parseFlags(spec: CommandSpec, args: readonly string[]): Parsed {
  const tokens = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(spec.flags).map(([name, flag]) => [name, parserOption(flag)])),
    strict: false,
    tokens: true,
    allowPositionals: true,
  }).tokens
  const switches = new Set<string>()
  const values = new Map<string, string[]>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const flag = Object.hasOwn(spec.flags, token.name) ? spec.flags[token.name] : undefined
    if (flag === undefined) throw unknownFlag(spec, token.rawName)
    if (flag.value === undefined) {
      if (token.value !== undefined)
        throw usageError(`${token.rawName} takes no value, but got "${token.value}"`)
      switches.add(token.name)
    } else addValue(values, token.name, token.value, flag)
  }
  checkArguments(spec, positionals)
  return { switches, values, positionals }
}

/** The value of a flag that may be given once. */
export function flagValue(parsed: Parsed, flag: string): string | undefined {
  return parsed.values.get(flag)?.[0]
}

function parserOption(flag: Flag) {
  return {
    type: flag.value === undefined ? ('boolean' as const) : ('string' as const),
    ...(flag.short === undefined ? {} : { short: flag.short }),
  }
}

function addValue(values: Map<string, string[]>, name: string, value: string | undefined, flag: Flag): void {
  if (value === undefined || value === '')
    throw usageError(`--${name} needs a value: --${name} ${flag.value}`)
  const given = values.get(name) ?? []
  if (given.length > 0 && flag.repeatable === undefined)
    throw usageError(`--${name} is given twice: "${given[0]}" and "${value}"`)
  values.set(name, [...given, value])
}

function unknownFlag(spec: CommandSpec, rawName: string) {
  const names = Object.keys(spec.flags).map((name) => `--${name}`)
  return usageError(
    `"${rawName}" is not a flag of ${label(spec)}${suggestion(rawName, names)}`,
    `See ${label(spec)} --help`,
  )
}

function checkArguments(spec: CommandSpec, positionals: readonly string[]): void {
  const { min, max } = spec.arguments
  const extra = positionals[max]
  if (extra !== undefined) throw usageError(`"${extra}" is one argument too many`, `Usage: ${spec.usage}`)
  if (positionals.length < min) throw usageError(`${label(spec)} needs an argument`, `Usage: ${spec.usage}`)
}

function label(spec: CommandSpec): string {
  return spec.name === 'create' ? 'create-mlops' : `create-mlops ${spec.name}`
}
