import { KnownError, usageError } from '../errors.ts'
import { numberReader } from './columns/numbers.ts'
import type { ColumnProfile } from './columns/profile-column.ts'
import type { Column, ColumnType, Contract, Task } from './contract.ts'
import type { ColumnsProfile } from './describe-table.ts'
import { type Finding, info, percent, quoted } from './finding.ts'
import { retype, type TypeWishes } from './profile-columns.ts'
import { chooseTask } from './task/choose-task.ts'
import { classesOf, positiveClass, targetFindings } from './task/classes.ts'
import { type Leak, leakReason } from './task/leak.ts'
import { findDuplicates, findLeaks } from './task/leaks.ts'
import { checkTime, guessTime, rankTimes } from './task/time.ts'
import { unknownColumn } from './unknown-column.ts'

export interface TaskWishes {
  readonly target: string
  /** Null: no column orders the rows in time. */
  readonly time?: string | null | undefined
  /** The columns that say which row this is. */
  readonly id?: readonly string[] | undefined
  readonly types?: TypeWishes | undefined
  readonly task?: Task | undefined
}

/** What was found out about a data file, and what is to be learnt from it. */
export interface Profile {
  readonly contract: Contract
  readonly findings: readonly Finding[]
  /** Whether types and leaks are decided from a part of the rows. */
  readonly sampled: boolean
  /** Why this task. */
  readonly reason: string
  /** The first and the last date of each date column, in milliseconds since 1970. */
  readonly spans: ReadonlyMap<string, { readonly first: number; readonly last: number }>
}

/** A column that the model does not get, and why. */
type Excluded = ReadonlyMap<string, string>

/**
 * Settles what is learnt from a table: the task, the time column, and what is left out because it gives the target
 * away. Reads nothing, so it can be repeated while a person corrects it.
 *
 * @throws KnownError when a wish does not fit the data, or nothing can be learnt
 */
export function settleTask(table: ColumnsProfile, wishes: TaskWishes): Profile {
  const typed = retype(table, typeWishes(table, wishes))
  const read = numberReader(typed.source)
  const raw = findColumn(typed.columns, wishes.target)
  const { task, reason, type } = chooseTask(raw, read, wishes.task)
  const settled = raw.column.type === type ? typed : retype(typed, { [wishes.target]: type })
  const target = findColumn(settled.columns, wishes.target)
  const time = settleTime(settled.columns, wishes)
  const inputs = settled.columns.filter(
    ({ name, column }) => name !== target.name && column.type !== 'ignore',
  )
  const leaks = findLeaks(
    inputs.filter(({ name }) => name !== time),
    target,
    task,
    read,
  )
  const duplicates = findDuplicates(inputs.filter((profile) => isFeature(profile) && profile.name !== time))
  const excluded = new Map([...duplicateReasons(duplicates), ...leakReasons(leaks)])
  for (const { name, draft } of inputs) if (draft.wished) excluded.delete(name)
  refuseNoFeatures(inputs, excluded)
  return {
    contract: makeContract(settled, { target, task, time, excluded }),
    findings: [
      ...settled.findings.filter(({ column }) => column !== target.name),
      ...target.findings,
      ...targetFindings(target, task, settled.rows),
      ...timeFindings(settled.columns, target.name, time, wishes.time),
      ...[...duplicates].map(([name, original]) => info(`the same as ${quoted(original)}: left out`, name)),
      ...leaks.map((leak) => leakFinding(leak, excluded, settled.sampled)),
    ],
    sampled: settled.sampled,
    reason,
    spans: new Map(settled.columns.flatMap(({ name, span }) => (span === undefined ? [] : [[name, span]]))),
  }
}

function typeWishes({ columns }: ColumnsProfile, { target, id = [], types = {} }: TaskWishes): TypeWishes {
  const names = columns.map(({ name }) => name)
  for (const name of id) {
    if (!names.includes(name)) throw unknownColumn(name, names)
    if (name === target)
      throw usageError(`${quoted(name)} cannot be both --id and --target`, 'Drop one of the two.')
  }
  return { ...types, ...Object.fromEntries(id.map((name): [string, ColumnType] => [name, 'id'])) }
}

function findColumn(columns: readonly ColumnProfile[], name: string): ColumnProfile {
  const found = columns.find((column) => column.name === name)
  if (found === undefined)
    throw unknownColumn(
      name,
      columns.map((column) => column.name),
    )
  return found
}

function settleTime(columns: readonly ColumnProfile[], { time, target }: TaskWishes): string | null {
  if (time === null) return null
  if (time === undefined) return guessTime(columns, target)?.name ?? null
  checkTime(findColumn(columns, time), target)
  return time
}

function timeFindings(
  columns: readonly ColumnProfile[],
  target: string,
  time: string | null,
  wish: string | null | undefined,
): Finding[] {
  if (time !== null || wish === null) return []
  const [candidate] = rankTimes(columns, target)
  if (candidate === undefined) return []
  return [
    info(`the rows are taken to have no order in time; --time if this column orders them`, candidate.name),
  ]
}

function isFeature({ column }: ColumnProfile): boolean {
  return column.type !== 'ignore' && column.type !== 'id'
}

function duplicateReasons(duplicates: ReadonlyMap<string, string>): [string, string][] {
  return [...duplicates].map(([name, original]) => [name, `the same as ${quoted(original)}`])
}

function leakReasons(leaks: readonly Leak[]): [string, string][] {
  return leaks.flatMap((leak) => leak.columns.map((name): [string, string] => [name, leakReason(leak)]))
}

function leakFinding({ columns, rule, share }: Leak, excluded: Excluded, sampled: boolean): Finding {
  const kept = columns.filter((name) => !excluded.has(name))
  const rows = share === undefined ? '' : ` in ${share === 1 ? 'every row' : `${percent(share)} of the rows`}`
  const where = sampled ? ' of the sample' : ''
  const what =
    kept.length === 0
      ? `${columns.length === 1 ? 'it is' : 'they are'} left out`
      : `${kept.map(quoted).join(', ')} kept, because you gave the type`
  const column = columns.length === 1 ? columns[0] : undefined
  return {
    severity: 'leak',
    message: `${rule}${rows}${rows && where}: ${what}`,
    ...(column !== undefined && { column }),
  }
}

function refuseNoFeatures(inputs: readonly ColumnProfile[], excluded: Excluded): void {
  if (inputs.some((profile) => isFeature(profile) && !excluded.has(profile.name))) return
  throw new KnownError('no column is left to learn from', {
    hint: 'All others identify rows, are constant or missing, or give the target away. Keep one with --type COLUMN=TYPE.',
  })
}

interface Settled {
  readonly target: ColumnProfile
  readonly task: Task
  readonly time: string | null
  readonly excluded: Excluded
}

function makeContract(table: ColumnsProfile, { target, task, time, excluded }: Settled): Contract {
  const classes = task === 'regression' ? undefined : classesOf(target)
  return {
    source: table.source,
    rows: table.rows,
    task,
    target: target.name,
    ...(task === 'binary' && classes !== undefined && { positive: positiveClass(classes) }),
    ...(classes !== undefined && { classes }),
    time,
    columns: table.columns.map(({ column }) => exclude(column, excluded.get(column.name))),
  }
}

function exclude(column: Column, reason: string | undefined): Column {
  if (reason === undefined) return column
  const { name, missing, distinct } = column
  return { name, type: 'ignore', reason, missing, distinct }
}
