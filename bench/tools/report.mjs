import { availableParallelism } from 'node:os'

/**
 * Prints one comparison: the first row is what all others are divided by.
 *
 * @param rows `{ name, cpu, wall, limit? }`; a `limit` of `{ cpu: 1.25 }` says which ratio may be how large
 */
export function printComparison(title, rows, notes = []) {
  const [reference] = rows
  const lines = rows.map((row) => {
    const ratio = { cpu: row.cpu / reference.cpu, wall: row.wall / reference.wall }
    return [
      row.name,
      row.cpu.toFixed(0),
      row.wall.toFixed(0),
      ratio.cpu.toFixed(2),
      ratio.wall.toFixed(2),
      row.limit === undefined ? '' : judge(ratio, row.limit),
    ]
  })
  printTable(title, ['', 'CPU ms', 'wall ms', 'CPU x', 'wall x', 'target'], lines, notes)
}

/** Prints a table of texts; the first column is a name, the others are numbers. */
export function printTable(title, head, lines, notes = []) {
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column].length)))
  const format = (line) =>
    line
      .map((text, column) => pad(text, widths[column], isWords(head[column])))
      .join('  ')
      .trimEnd()
  console.log(`\n${title}\n`)
  for (const line of [head, ...lines]) console.log(`  ${format(line)}`)
  if (notes.length > 0) console.log(`\n${notes.map((note) => `  ${note}`).join('\n')}`)
}

/** Says whether a target is met; one that is missed fails the run. */
export function verdict(isMet, target) {
  if (!isMet) process.exitCode = 1
  return `${target} ${isMet ? 'met' : 'MISSED'}`
}

export function machine() {
  return `Node ${process.versions.node}, ${availableParallelism()} cores, ${process.platform}`
}

function judge(ratio, limit) {
  const kinds = Object.keys(limit)
  const target = kinds.map((kind) => `${kind} <= ${limit[kind]} x`).join(', ')
  return verdict(
    kinds.every((kind) => ratio[kind] <= limit[kind]),
    target,
  )
}

function isWords(head) {
  return head === '' || head === 'target'
}

function pad(text, width, isLeft) {
  return isLeft ? text.padEnd(width) : text.padStart(width)
}
