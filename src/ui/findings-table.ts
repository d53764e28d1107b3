import type { Column } from '../data/contract.ts'
import { percent, thousands } from '../data/finding.ts'
import type { Profile } from '../data/settle-task.ts'
import { isLeak } from '../data/task/leak.ts'
import type { Style } from './output.ts'
import { oneLine, pad, shorten, textWidth } from './text.ts'

/** A wider table shows its first columns, and of the others those that somebody should look at. */
const MOST_ROWS = 40
const WIDEST = 30

type Cells = readonly [name: string, type: string, missing: string, values: string, note: string]

export interface TableLine {
  readonly text: string
  readonly style: Style | undefined
}

/** One line for each column of the data: what it is, what is missing, what it holds, and what to know. */
export function columnLines(profile: Profile, width: number): TableLine[] {
  const { columns } = profile.contract
  const shown = columns
    .filter((column, i) => i < MOST_ROWS || isNotable(column, profile))
    .slice(0, 2 * MOST_ROWS)
  const header: Cells = ['column', 'type', 'missing', 'values', 'note']
  const rows = shown.map((column) => ({ cells: cellsOf(column, profile), style: styleOf(column, profile) }))
  const widths = header.map((title, i) =>
    Math.max(textWidth(title), ...rows.map(({ cells }) => textWidth(cells[i] ?? ''))),
  )
  const lineOf = (cells: Cells) =>
    shorten(`  ${cells.map((cell, i) => pad(cell, widths[i] ?? 0)).join('  ')}`.trimEnd(), width)
  return [
    { text: lineOf(header), style: 'dim' },
    ...rows.map(({ cells, style }) => ({ text: lineOf(cells), style })),
    ...restLines(
      columns.filter((column) => !shown.includes(column)),
      width,
    ),
  ]
}

function restLines(hidden: readonly Column[], width: number): TableLine[] {
  if (hidden.length === 0) return []
  const counts = new Map<string, number>()
  for (const { type } of hidden) counts.set(type, (counts.get(type) ?? 0) + 1)
  const types = [...counts].map(([type, count]) => `${count} ${type}`).join(', ')
  return [
    { text: shorten(`  … and ${thousands(hidden.length)} more columns: ${types}`, width), style: 'dim' },
  ]
}

function isNotable(column: Column, { contract }: Profile): boolean {
  return column.name === contract.target || column.name === contract.time || isLeak(column)
}

function styleOf(column: Column, { contract }: Profile): Style | undefined {
  if (column.name === contract.target) return 'bold'
  if (isLeak(column)) return 'red'
  return column.type === 'ignore' || column.type === 'id' ? 'dim' : undefined
}

function cellsOf(column: Column, profile: Profile): Cells {
  const { target, time } = profile.contract
  const notes = [
    column.name === target ? 'the target' : '',
    column.name === time ? 'orders the rows in time' : '',
    column.format ?? '',
    oneLine(column.reason ?? '').replace(/^leak/, 'LEAK'),
  ]
  return [
    shorten(oneLine(column.name), WIDEST),
    column.type,
    column.missing === 0 ? '' : percent(column.missing),
    shorten(valuesOf(column, profile), WIDEST),
    notes.filter((note) => note !== '').join('; '),
  ]
}

function valuesOf(column: Column, { spans }: Profile): string {
  const span = spans.get(column.name)
  switch (column.type) {
    case 'numeric':
      return column.min === undefined
        ? ''
        : `${shortNumber(column.min)} to ${shortNumber(column.max ?? column.min)}`
    case 'date':
      return span === undefined ? '' : `${dayOf(span.first)} to ${dayOf(span.last)}`
    case 'boolean':
      return column.true === undefined ? '' : `${categories(column)} (true: ${oneLine(column.true)})`
    case 'categorical':
      return categories(column)
    default:
      return `${thousands(column.distinct)} different`
  }
}

function categories({ values = [], distinct }: Column): string {
  const some = values.slice(0, 4).map(oneLine).join(', ')
  return distinct <= 4 ? some : `${distinct}: ${some}, …`
}

function shortNumber(number: number): string {
  return Number.isInteger(number) ? thousands(number) : String(Number(number.toPrecision(5)))
}

function dayOf(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString().slice(0, 10) : '?'
}
