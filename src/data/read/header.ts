import { formatsOf } from '../columns/date-formats.ts'
import { isMissingWord } from '../columns/missing.ts'

const ROWS = 200
const NUMBER = /^\s*[+-]?[\d.,'\s]*\d[\d.,]*(?:[eE][+-]?\d+)?\s*%?\s*$/

/**
 * Whether the first record holds the columns' names. It does if a word stands above numbers or dates; it does
 * not if a number or a date stands above its like; among words only, it does unless it repeats below.
 */
export function hasHeader(records: readonly (readonly string[])[]): boolean {
  const [first = [], ...others] = records.slice(0, ROWS)
  const below = others.filter((cells) => cells.length === first.length)
  if (below.length === 0) return first.some((cell) => !isMeasured(cell))
  const measured = first.map((_, column) => isMeasuredColumn(below, column))
  if (first.some((cell, i) => measured[i] && !isMeasured(cell) && !isMissingWord(cell))) return true
  if (first.some((cell, i) => measured[i] && isMeasured(cell))) return false
  return !first.every((cell, i) => below.some((cells) => cells[i] === cell))
}

function isMeasuredColumn(rows: readonly (readonly string[])[], column: number): boolean {
  const cells = rows.map((row) => row[column] ?? '').filter((cell) => !isMissingWord(cell))
  return cells.length > 0 && cells.filter(isMeasured).length >= cells.length * 0.9
}

function isMeasured(cell: string): boolean {
  return NUMBER.test(cell) || formatsOf(cell).length > 0
}
