export const COLUMN_TYPES = ['numeric', 'categorical', 'boolean', 'date', 'text', 'id', 'ignore'] as const
export type ColumnType = (typeof COLUMN_TYPES)[number]

/** The formats of dates that strptime has no words for. */
export const DATE_FORMATS = ['iso8601', 'epoch-seconds', 'epoch-milliseconds'] as const

export const TASKS = ['binary', 'multiclass', 'regression'] as const
export type Task = (typeof TASKS)[number]

/** How the bytes of the data file are to be read. */
export interface Source {
  /** Relative to the project, e.g. `data/raw/churn.csv`. */
  path: string
  format: 'csv' | 'parquet'
  compression: 'none' | 'gzip'
  /** A Python codec name, e.g. `utf-8`, `utf-8-sig`, `utf-16`, `windows-1252`. */
  encoding: string
  delimiter: string
  quote: string
  header: boolean
  decimal: '.' | ','
  /** Separator of thousands, or '' where none is used. */
  thousands: '' | ',' | '.' | ' ' | "'"
  /** The spellings of a missing value that occur in the file (always with ''). */
  missing: string[]
}

export interface Column {
  name: string
  type: ColumnType
  /** Why the column is ignored or doubtful, in words for people: a leak, constant, all missing … */
  reason?: string
  /** Share of missing values, 0 to 1. */
  missing: number
  /** Distinct values that were seen; counting stops at some thousands, so it is a lower bound. */
  distinct: number
  /** numeric only */
  integer?: boolean
  min?: number
  max?: number
  /** categorical and boolean only: the values, as they are spelled in the file, the most frequent first. */
  values?: string[]
  /** How many further values there are, where `values` is cut short. */
  moreValues?: number
  /** boolean only: the spelling that means true. */
  true?: string
  /** date only: a strptime format, e.g. `%d-%m-%Y`, or one of DATE_FORMATS. */
  format?: string
}

/**
 * What is known about a data set. Written as contract.yaml, where people correct it; `task`, `target` and
 * `time` live in mlops.yaml.
 */
export interface Contract {
  source: Source
  rows: number
  task: Task
  target: string
  /** binary only: the target's value that counts as positive. */
  positive?: string
  /** classification only: each class and its share of the rows, the most frequent first. */
  classes?: { value: string; share: number }[]
  /** The column that orders the rows in time. */
  time: string | null
  /** Every column, the target too, in the file's order. */
  columns: Column[]
}
