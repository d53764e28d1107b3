import { usageError } from '../errors.ts'
import { suggestion } from '../nearest.ts'
import { type Catalog, choicesUpTo } from './catalog.ts'
import type { Choice, LevelNumber } from './level.ts'

/** The option taken for each choice. */
export type Stack = Readonly<Record<string, string>>

/**
 * The whole stack of a level: what was wished, and the default for the rest. A choice of a higher level is
 * refused rather than forgotten.
 *
 * @throws KnownError (usage) for an unknown choice or option
 */
export function resolveStack(catalog: Catalog, level: LevelNumber, wishes: Stack): Stack {
  const choices = choicesUpTo(catalog, level)
  for (const [name, option] of Object.entries(wishes)) checkWish(catalog, choices, level, name, option)
  return Object.fromEntries(
    choices.map((choice) => [choice.name, wishes[choice.name] ?? defaultOption(choice)]),
  )
}

/** Drops the options of choices that only a higher level has, for the way down. */
export function stackWithin(catalog: Catalog, level: LevelNumber, stack: Stack): Stack {
  const names = new Set(choicesUpTo(catalog, level).map((choice) => choice.name))
  return Object.fromEntries(Object.entries(stack).filter(([name]) => names.has(name)))
}

export function defaultOption(choice: Choice): string {
  const first = choice.options[0]
  if (first === undefined) throw new Error(`choice ${choice.name} has no option`)
  return first.name
}

/**
 * Reads `choice=option` arguments.
 *
 * @throws KnownError (usage) for an argument of another form, or a choice given twice with different options
 */
export function parseStack(pairs: readonly string[]): Stack {
  const stack: Record<string, string> = {}
  for (const pair of pairs) {
    const [name, option, ...rest] = pair.split('=')
    if (!name || !option || rest.length > 0)
      throw usageError(`"${pair}" is not of the form CHOICE=OPTION`, 'For example: environment=pip')
    if (Object.hasOwn(stack, name) && stack[name] !== option)
      throw usageError(`The choice "${name}" is given twice: ${stack[name]} and ${option}`)
    stack[name] = option
  }
  return stack
}

function checkWish(
  catalog: Catalog,
  choices: readonly Choice[],
  level: LevelNumber,
  name: string,
  option: string,
): void {
  const choice = choices.find((each) => each.name === name)
  if (choice === undefined) {
    const higher = catalog.levels.find((each) => each.choices.some((other) => other.name === name))
    if (higher !== undefined)
      throw usageError(
        `The choice "${name}" belongs to level ${higher.level}, and this project is to be level ${level}`,
        `Add --level ${higher.level}, or leave "${name}" out.`,
      )
    const names = choices.map((each) => each.name)
    throw usageError(`There is no choice "${name}"${suggestion(name, names)}`, `Choices: ${names.join(', ')}`)
  }
  const options = choice.options.map((each) => each.name)
  if (!options.includes(option))
    throw usageError(
      `The choice "${name}" has no option "${option}"${suggestion(option, options)}`,
      `Options: ${options.join(', ')}`,
    )
}
