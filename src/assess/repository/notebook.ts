/** The code of a notebook as one Python text, and where each line of it stands. */
export interface Notebook {
  readonly source: string
  /** The number of the cell and the line in it, for a line of the source; all count from 1. */
  at(line: number): { cell: number; line: number }
  /** Cells whose output is stored. */
  readonly outputs: readonly { readonly cell: number; readonly text: string }[]
}

interface Cell {
  cell_type?: unknown
  source?: unknown
  outputs?: unknown
}

/** Reads a notebook of format 4; undefined for what is none. */
export function readNotebook(text: string): Notebook | undefined {
  const cells = cellsOf(text)
  if (cells === undefined) return undefined
  const lines: { text: string; cell: number; line: number }[] = []
  const outputs: { cell: number; text: string }[] = []
  for (const [index, cell] of cells.entries()) {
    if (cell.cell_type !== 'code') continue
    for (const [line, code] of textOf(cell.source).split('\n').entries())
      lines.push({ text: isPython(code) ? code : '', cell: index + 1, line: line + 1 })
    if (Array.isArray(cell.outputs) && cell.outputs.length > 0)
      outputs.push({ cell: index + 1, text: JSON.stringify(cell.outputs).slice(0, 20_000) })
  }
  return {
    source: lines.map((each) => each.text).join('\n'),
    at: (line) => ({ cell: lines[line - 1]?.cell ?? 1, line: lines[line - 1]?.line ?? 1 }),
    outputs,
  }
}

function cellsOf(text: string): Cell[] | undefined {
  try {
    const { cells } = JSON.parse(text) as { cells?: unknown }
    return Array.isArray(cells)
      ? cells.filter((cell): cell is Cell => typeof cell === 'object' && cell !== null)
      : undefined
  } catch {
    return undefined
  }
}

function textOf(source: unknown): string {
  if (Array.isArray(source)) return source.join('')
  return typeof source === 'string' ? source : ''
}

/** Magics and shell lines are no Python. */
function isPython(line: string): boolean {
  return !/^\s*[%!?]/.test(line)
}
