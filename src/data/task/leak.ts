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
