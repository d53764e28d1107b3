import { resolve } from 'node:path'
import { COLUMN_TYPES, type ColumnType, TASKS, type Task } from '../data/contract.ts'
import { usageError } from '../errors.ts'
import { type Corrections, parseCorrections } from '../facts/corrections.ts'
import { flagValue, type Parsed } from '../flags.ts'
import type { LevelNumber } from '../layers/level.ts'
import { parseStack, type Stack } from '../layers/stack.ts'
import { suggestion } from '../nearest.ts'
import type { OwnCode } from '../project/own.ts'
import { readLevel } from './read-level.ts'

/** What the user has said about the new project so far; the rest is asked or takes its default. */
export interface Wishes {
  readonly dir: string | undefined
  readonly name: string | undefined
  readonly level: LevelNumber | undefined
  /** Absolute. */
  readonly data: string | undefined
  readonly target: string | undefined
  /** Null when the user said that no column orders the rows in time. */
  readonly time: string | null | undefined
  readonly id: readonly string[]
  readonly types: Readonly<Record<string, ColumnType>>
  readonly task: Task | undefined
  readonly stack: Stack
  /** What is to be taken in place of facts that were found. */
  readonly corrections: Corrections
  /** Whether what is generated goes among the user's files, and not into a folder beside them. */
  readonly inPlace: boolean
  /** How the code that is there already can be called, once it has been looked at. */
  readonly own?: FoundCode
}

/** Code of the user's, in a repository. */
export interface FoundCode {
  /** Absolute. */
  readonly root: string
  readonly code: OwnCode
}

/** @throws KnownError (usage) for a value that can be known to be wrong without looking at anything */
export function readWishes(parsed: Parsed, cwd: string): Wishes {
  const data = flagValue(parsed, 'data')
  const time = flagValue(parsed, 'time')
  return {
    dir: parsed.positionals[0],
    name: flagValue(parsed, 'name'),
    level: readLevel('level', flagValue(parsed, 'level')),
    data: data === undefined ? undefined : resolve(cwd, data),
    target: flagValue(parsed, 'target'),
    time: time === 'none' ? null : time,
    id: parsed.values.get('id') ?? [],
    types: typesOf(parsed.values.get('type') ?? []),
    task: taskOf(flagValue(parsed, 'task')),
    stack: parseStack(parsed.values.get('stack') ?? []),
    corrections: parseCorrections(parsed.values.get('fact') ?? []),
    inPlace: parsed.switches.has('in-place'),
  }
}

function taskOf(value: string | undefined): Task | undefined {
  if (value === undefined) return undefined
  const task = TASKS.find((each) => each === value)
  if (task === undefined) throw usageError(`--task is "${value}", expected ${TASKS.join(', ')}`)
  return task
}

/** `COLUMN=TYPE`, split at the last `=` because a column's name may hold one. */
function typesOf(pairs: readonly string[]): Record<string, ColumnType> {
  const types: [string, ColumnType][] = pairs.map((pair) => {
    const split = pair.lastIndexOf('=')
    const [column, name] = [pair.slice(0, split), pair.slice(split + 1)]
    if (split < 1) throw usageError(`--type is "${pair}", expected COLUMN=TYPE`)
    const type = COLUMN_TYPES.find((each) => each === name)
    if (type === undefined)
      throw usageError(
        `--type gives "${column}" the type "${name}"${suggestion(name, COLUMN_TYPES)}`,
        `Types: ${COLUMN_TYPES.join(', ')}`,
      )
    return [column, type]
  })
  return Object.fromEntries(types)
}
