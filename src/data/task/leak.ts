import type { Column } from '../contract.ts'

/** Columns that together give the target away. */
export interface Leak {
  readonly columns: readonly string[]
  /** The rule in words, e.g. `"casual" + "registered" = "count"`. */
  readonly rule: string
  /** The share of the rows that keep the rule; absent where it is a correlation. */
  readonly share?: number
}

/** A rule that so many rows keep is one; the rest are slips of the data. */
export const RULE_SHARE = 0.999

const MARK = 'leak: '

/** The reason for which a contract leaves a column out. */
export function leakReason({ rule }: Leak): string {
  return MARK + rule
}

/** Whether a column is left out because it gives the target away. */
export function isLeak({ type, reason }: Column): boolean {
  return type === 'ignore' && reason?.startsWith(MARK) === true
}
