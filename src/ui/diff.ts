import type { Change, FileImage } from '../plan/change.ts'
import { type Output, printable } from './output.ts'

/** The contents behind a plan, as unified diffs; binary and very large files are named only. */
export async function formatDiffs(changes: readonly Change[], output: Output): Promise<string> {
  const { createTwoFilesPatch } = await import('diff')
  const patches: string[] = []
  for (const change of changes) {
    if (change.after === null && change.kind !== 'delete') continue
    const before = textOf(change.before)
    const after = textOf(change.after)
    if (before === null || after === null) {
      patches.push(`Binary or very large: ${printable(change.path)}\n`)
      continue
    }
    const from = change.before === null ? '/dev/null' : `a/${change.path}`
    const to = change.after === null ? '/dev/null' : `b/${change.path}`
    patches.push(createTwoFilesPatch(from, to, before, after, undefined, undefined, { context: 3 }))
  }
  return colourDiff(patches.join('\n'), output)
}

/** Colours a unified diff for a terminal. */
function colourDiff(patch: string, output: Output): string {
  return patch
    .split('\n')
    .filter((line) => !/^={10,}$/.test(line))
    .map((line) => {
      const text = printable(line)
      if (/^(\+\+\+|---)/.test(line)) return output.style('bold', text)
      if (line.startsWith('@@')) return output.style('cyan', text)
      if (line.startsWith('+')) return output.style('green', text)
      if (line.startsWith('-')) return output.style('red', text)
      return text
    })
    .join('\n')
}

/** Null for a file that is no text. */
function textOf(image: FileImage | null): string | null {
  if (image === null) return ''
  if (image.content === null || image.content.includes(0)) return null
  return Buffer.from(image.content).toString('utf8')
}
