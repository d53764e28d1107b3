import { parse } from 'yaml'

export const LEVELS = [1, 2, 3, 4, 5] as const
export type LevelNumber = (typeof LEVELS)[number]

/** Python requirements by group: `runtime`, `dev` … */
export type Dependencies = Readonly<Record<string, readonly string[]>>

interface Option {
  readonly name: string
  readonly label: string
  readonly summary: string
  /** Folders beside the options' own, with files that several of them have in common. */
  readonly shares: readonly string[]
  readonly dependencies: Dependencies
}

/** One question about the stack. The first option is the default. */
export interface Choice {
  readonly name: string
  readonly level: LevelNumber
  readonly prompt: string
  readonly options: readonly Option[]
}

/** What one `layer.yaml` says about its level. */
export interface Level {
  readonly level: LevelNumber
  readonly name: string
  readonly summary: string
  /** The command to begin with in a project that is set up; undefined where it is that of the level below. */
  readonly first: string | undefined
  /** Paths that belong to the user once written; `folder/**` stands for all below it. */
  readonly yours: readonly string[]
  /** Old path → new path, for files that a newer version of the level has moved. */
  readonly renames: Readonly<Record<string, string>>
  readonly dependencies: Dependencies
  readonly choices: readonly Choice[]
}

/** Reads a level's `layer.yaml`. A mistake in it is ours, so it throws a plain error that names the field. */
export function parseLevel(text: string, level: LevelNumber): Level {
  const where = `templates/level${level}/layer.yaml`
  // In the published package it is packed as JSON.
  const file = record(text.startsWith('{') ? JSON.parse(text) : parse(text), where)
  if (file.level !== level) throw new Error(`${where}: level is ${file.level}, expected ${level}`)
  return {
    level,
    name: string(file.name, `${where}: name`),
    summary: string(file.summary, `${where}: summary`),
    first: file.first === undefined ? undefined : string(file.first, `${where}: first`),
    yours: strings(file.yours ?? [], `${where}: yours`),
    renames: stringMap(file.renames ?? {}, `${where}: renames`),
    dependencies: dependencies(file.dependencies, where),
    choices: Object.entries(record(file.choices ?? {}, `${where}: choices`)).map(([name, value]) =>
      parseChoice(name, value, level, `${where}: choices.${name}`),
    ),
  }
}

function parseChoice(name: string, value: unknown, level: LevelNumber, where: string): Choice {
  const choice = record(value, where)
  const options = Object.entries(record(choice.options, `${where}.options`)).map(([option, facts]) =>
    parseOption(option, facts, `${where}.options.${option}`),
  )
  if (options.length === 0) throw new Error(`${where}: a choice needs an option`)
  return { name, level, prompt: string(choice.prompt, `${where}.prompt`), options }
}

function parseOption(name: string, value: unknown, where: string): Option {
  const option = record(value, where)
  return {
    name,
    label: option.label === undefined ? name : string(option.label, `${where}.label`),
    summary: string(option.summary, `${where}.summary`),
    shares: strings(option.shares ?? [], `${where}.shares`),
    dependencies: dependencies(option.dependencies, where),
  }
}

function dependencies(value: unknown, where: string): Dependencies {
  const groups = record(value ?? {}, `${where}: dependencies`)
  return Object.fromEntries(
    Object.entries(groups).map(([group, list]) => [group, strings(list, `${where}: dependencies.${group}`)]),
  )
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${where}: expected a mapping`)
  return value as Record<string, unknown>
}

function string(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new Error(`${where}: expected text`)
  return value
}

function strings(value: unknown, where: string): string[] {
  if (!Array.isArray(value)) throw new Error(`${where}: expected a list`)
  return value.map((item) => string(item, where))
}

function stringMap(value: unknown, where: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record(value, where)).map(([key, item]) => [key, string(item, `${where}.${key}`)]),
  )
}
