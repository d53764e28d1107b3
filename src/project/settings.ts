import { isMap, parseDocument } from 'yaml'
import { TASKS, type Task } from '../data/contract.ts'
import { KnownError } from '../errors.ts'
import { LEVELS, type LevelNumber } from '../layers/level.ts'
import type { Stack } from '../layers/stack.ts'
import { type OwnCode, readOwnCode } from './own.ts'

export const SETTINGS_FILE = 'mlops.yaml'

/** The facts that make one project differ from another. */
export interface ProjectFacts {
  readonly name: string
  readonly package: string
  readonly task: Task
  readonly target: string
  /** The column that orders the rows in time, if there is one. */
  readonly time: string | null
  /** How the user's own code is called, where it is. */
  readonly own?: OwnCode
}

/** The part of mlops.yaml that decides what is generated; the rest of it is for the project's own code. */
export interface Settings {
  readonly level: LevelNumber
  readonly stack: Stack
  readonly project: ProjectFacts
  /** Old path → new path, for generated files that the user has moved. */
  readonly moved: Readonly<Record<string, string>>
}

/**
 * Reads mlops.yaml.
 *
 * @throws KnownError that names the line or the field which is wrong
 */
export function parseSettings(text: string): Settings {
  const document = parseDocument(text)
  const mistake = document.errors[0]
  if (mistake !== undefined) throw wrong(`${mistake.message.split('\n')[0]}`)
  if (!isMap(document.contents)) throw wrong('it has no fields')
  const file = document.toJS() as Record<string, unknown>
  const project = mapping(file.project, 'project')
  const own = readOwnCode(file.own)
  return {
    level: levelOf(file.level),
    stack: textsOf(file.stack ?? {}, 'stack'),
    project: {
      name: textOf(project.name, 'project.name'),
      package: textOf(project.package, 'project.package'),
      task: taskOf(project.task),
      target: textOf(project.target, 'project.target'),
      time: project.time === undefined || project.time === null ? null : textOf(project.time, 'project.time'),
      ...(own === undefined ? {} : { own }),
    },
    moved: textsOf(file.moved ?? {}, 'moved'),
  }
}

function levelOf(value: unknown): LevelNumber {
  const level = LEVELS.find((each) => each === value)
  if (level === undefined) throw wrong(`level is ${JSON.stringify(value)}, expected a number from 1 to 5`)
  return level
}

function textsOf(value: unknown, field: string): Record<string, string> {
  const entries = Object.entries(mapping(value, field))
  return Object.fromEntries(entries.map(([key, text]) => [key, textOf(text, `${field}.${key}`)]))
}

function taskOf(value: unknown): Task {
  const task = TASKS.find((each) => each === value)
  if (task === undefined)
    throw wrong(`project.task is ${JSON.stringify(value)}, expected ${TASKS.join(', ')}`)
  return task
}

function mapping(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(`${field} is missing or no mapping`)
  return value as Record<string, unknown>
}

function textOf(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '')
    throw wrong(`${field} is ${JSON.stringify(value)}, expected text`)
  return value
}

function wrong(problem: string): KnownError {
  return new KnownError(`${SETTINGS_FILE}: ${problem}`, {
    hint: `Correct ${SETTINGS_FILE} and run the command again.`,
  })
}
