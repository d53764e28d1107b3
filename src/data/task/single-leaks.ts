import type { ColumnType } from '../contract.ts'
import { quoted } from '../finding.ts'
import { correlation, mayBeMonotone, ranks } from './correlation.ts'
import { type Classification, classify, countChanges, mayTell } from './groups.ts'
import { type Leak, RULE_SHARE } from './leak.ts'
import type { Sampled } from './sampled.ts'

/** Fewer rows than these say nothing about a rule, or about an order. */
const LEAST_ROWS = 30
const LEAST_ORDERED_ROWS = 300
const LEAST_ORDERED_CLASS = 30
/** Every class must be told apart, also one that hardly counts. */
const LEAST_RECALL = 0.99
/** One is the other on another scale, but for rounding. */
const EXACT = 1 - 1e-7
/** Texts, dates and ids can only give the target away by being there or not. */
const PROPERTIES: ReadonlySet<ColumnType> = new Set(['numeric', 'categorical', 'boolean'])

/** Finds the columns that each give the target away: its copies, codes and transformations, and what follows from it. */
export function findSingleLeaks(
  columns: readonly Sampled[],
  target: Sampled,
  isClassification: boolean,
): Leak[] {
  if (target.groups.codes.length < LEAST_ROWS) return []
  return columns.flatMap((column) => {
    const leak = isClassification ? classLeak(column, target) : quantityLeak(column, target)
    return leak === undefined ? [] : [leak]
  })
}

function classLeak(column: Sampled, target: Sampled): Leak | undefined {
  const share = classShare(column, target)
  return share === undefined ? undefined : telling(column, target, share)
}

/** The share of the rows whose class the column tells, if that is nearly all of every class. */
function classShare(column: Sampled, target: Sampled): number | undefined {
  const byPresence = column.presence.codes.includes(1) ? classify(column.presence, target.groups) : undefined
  if (byPresence !== undefined && isRule(byPresence)) return byPresence.share
  const { type } = column.profile.column
  if (!PROPERTIES.has(type) || !mayTell(column.groups, target.groups)) return undefined
  const known = classify(column.groups, target.groups)
  if (!isRule(known)) return undefined
  const isConvincing =
    type === 'numeric'
      ? isCode(column, known) || isOrderedRule(column, target, known)
      : repeats(column, target)
  return isConvincing ? known.share : undefined
}

function isRule({ share, leastRecall, classes }: Classification): boolean {
  return classes > 1 && share >= RULE_SHARE && leastRecall >= LEAST_RECALL
}

/** A number for each class. */
function isCode(column: Sampled, { classes }: Classification): boolean {
  return column.profile.column.distinct <= classes
}

/** The classes are ranges of the number. Small data may look like that by chance, or because it is easy. */
function isOrderedRule(column: Sampled, target: Sampled, known: Classification): boolean {
  const rows = target.groups.codes.length
  if (rows < LEAST_ORDERED_ROWS || known.leastRows < LEAST_ORDERED_CLASS) return false
  return countChanges(column.numbers, target.groups) <= known.classes + rows * (1 - RULE_SHARE)
}

/** Each value occurs in several rows: a rule of one row a value is none. */
function repeats(column: Sampled, target: Sampled): boolean {
  return column.profile.column.distinct <= target.groups.codes.length / 5
}

/** A column that tells nearly every number, or moves as the target does. */
function quantityLeak(column: Sampled, target: Sampled): Leak | undefined {
  const { type } = column.profile.column
  if (!PROPERTIES.has(type)) return undefined
  if (repeats(column, target) && mayTell(column.groups, target.groups)) {
    const { share } = classify(column.groups, target.groups)
    if (share >= RULE_SHARE) return telling(column, target, share)
  }
  if (type !== 'numeric') return undefined
  const r = strongestCorrelation(column.numbers, target.numbers)
  if (r >= EXACT) return telling(column, target, 1)
  return r > RULE_SHARE ? { columns: [column.name], rule: correlationRule(column, target, r) } : undefined
}

/** The absolute correlation of the numbers, or of their ranks where that is stronger. */
function strongestCorrelation(numbers: Float64Array, target: Float64Array): number {
  if (!mayBeMonotone(numbers, target)) return 0
  const linear = correlation(numbers, target)
  if (linear.rows < LEAST_ROWS) return 0
  return Math.max(Math.abs(linear.r), Math.abs(correlation(ranks(numbers), ranks(target)).r))
}

function telling(column: Sampled, target: Sampled, share: number): Leak {
  return { columns: [column.name], rule: `${quoted(column.name)} tells ${quoted(target.name)}`, share }
}

function correlationRule(column: Sampled, target: Sampled, r: number): string {
  return `${quoted(column.name)} moves with ${quoted(target.name)} (correlation ${r.toFixed(5)})`
}
