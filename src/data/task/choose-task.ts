import { type KnownError, usageError } from '../../errors.ts'
import type { ColumnProfile } from '../columns/profile-column.ts'
import { nearlyAll, type ReadNumber } from '../columns/types.ts'
import type { ColumnType, Task } from '../contract.ts'
import { quoted } from '../finding.ts'

/** Whole numbers of up to so many values are classes. */
const MOST_NUMBER_CLASSES = 20
const MOST_CLASSES = 100

/** What kind of thing is to be predicted, and why that. */
export interface TaskChoice {
  readonly task: Task
  readonly reason: string
  /** The type under which the target is read. */
  readonly type: ColumnType
}

/** What the choice looks at. */
interface Target {
  readonly name: string
  readonly distinct: number
  readonly repeats: number
  readonly kind: 'fractions' | 'whole numbers' | 'dates' | 'words'
  readonly isBoolean: boolean
}

/**
 * Decides the task from the target's values.
 *
 * @throws KnownError when nothing can be learnt from them, or not what is wished
 */
export function chooseTask(profile: ColumnProfile, read: ReadNumber, wish: Task | undefined): TaskChoice {
  refuseUseless(profile)
  const target = lookAt(profile, read)
  if (target.kind === 'dates') throw unfit(target, 'it holds dates')
  if (wish !== undefined) return wishedTask(target, wish)
  return isQuantity(target) ? quantity(target) : classes(target)
}

function lookAt({ name, column, draft }: ColumnProfile, read: ReadNumber): Target {
  const { values, counts, rows } = draft.evidence
  const numbers = values.map(read)
  const good = numbers.reduce((sum, number, i) => sum + (Number.isNaN(number) ? 0 : (counts[i] ?? 0)), 0)
  const saidToBeWords = draft.wished && column.type === 'categorical'
  const isNumeric = !saidToBeWords && nearlyAll(good, rows)
  const whole = numbers.every((number) => Number.isNaN(number) || Number.isInteger(number))
  const kind = column.type === 'date' ? 'dates' : !isNumeric ? 'words' : whole ? 'whole numbers' : 'fractions'
  const { distinct } = column
  return {
    name,
    distinct,
    repeats: draft.tally.present / distinct,
    kind,
    isBoolean: column.type === 'boolean',
  }
}

function wishedTask(target: Target, wish: Task): TaskChoice {
  const { distinct, kind } = target
  const reason = 'as you said'
  if (wish === 'regression') {
    if (kind === 'words') throw unfit(target, 'its values are no numbers', wish)
    return { task: wish, reason, type: 'numeric' }
  }
  if (wish === 'binary' && distinct !== 2)
    throw unfit(target, `it has ${distinct} different values, not two`, wish)
  if (wish === 'multiclass' && distinct === 2)
    throw unfit(target, 'it has two different values: that is binary', wish)
  return { ...classes(target), reason }
}

/** Fractions, or whole numbers that are many or hardly ever repeat. */
function isQuantity({ kind, distinct, repeats }: Target): boolean {
  if (kind === 'words') return false
  if (distinct === 2) return false
  return kind === 'fractions' || distinct > MOST_NUMBER_CLASSES || repeats < 3
}

function quantity({ kind, distinct }: Target): TaskChoice {
  const reason = kind === 'fractions' ? 'its values have fractions' : `it has ${distinct} different numbers`
  return { task: 'regression', reason, type: 'numeric' }
}

function classes(target: Target): TaskChoice {
  const { distinct, kind, isBoolean } = target
  if (distinct > MOST_CLASSES) {
    throw unfit(target, `it has ${distinct} different values; up to ${MOST_CLASSES} classes are supported`)
  }
  if (distinct === 2) {
    return { task: 'binary', reason: 'it has two values', type: isBoolean ? 'boolean' : 'categorical' }
  }
  const few = kind === 'words' ? '' : ' whole numbers; --task regression if they are quantities'
  return {
    task: 'multiclass',
    reason: `it has ${distinct} different${few || ' values'}`,
    type: 'categorical',
  }
}

function refuseUseless({ name, column, draft }: ColumnProfile): void {
  const [only] = draft.tally.counts()
  if (draft.tally.present === 0) {
    throw usageError(`the target ${quoted(name)} is missing in every row`, 'Name a column that has values.')
  }
  if (column.distinct === 1) {
    throw usageError(
      `the target ${quoted(name)} is always ${quoted(only?.value ?? '')}`,
      'There is nothing to learn from it; name a column that varies.',
    )
  }
}

function unfit({ name }: Target, problem: string, wish?: Task): KnownError {
  const what = wish === undefined ? 'a target' : `the target of a ${wish} task`
  const hint =
    wish === undefined
      ? 'Name another column with --target.'
      : `Leave --task ${wish} out, or name another target.`
  return usageError(`${quoted(name)} cannot be ${what}: ${problem}`, hint)
}
