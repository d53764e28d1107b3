import type { Change, FileImage } from '../plan/change.ts'
import { type Output, printable } from './output.ts'

/** One side of a difference; a very large file is not held. */
export type Side = Uint8Array | 'absent' | 'too large'

export interface FileDiff {
  readonly path: string
  readonly before: Side
  readonly after: Side
}

/** What a plan changes in each file. */
export function diffsOf(changes: readonly Change[]): FileDiff[] {
  return changes
    .filter((change) => change.after !== null || change.kind === 'delete')
    .map(({ path, before, after }) => ({ path, before: sideOf(before), after: sideOf(after) }))
}

/** Differences as unified diffs; binary and very large files are named only. */
export async function formatDiffs(diffs: readonly FileDiff[], output: Output): Promise<string> {
  const { createTwoFilesPatch } = await import('diff')
  const patches = diffs.map(({ path, before, after }) => {
    const [old, now] = [textOf(before), textOf(after)]
    if (old === null || now === null) return `Binary or very large: ${printable(path)}\n`
    const from = before === 'absent' ? '/dev/null' : `a/${path}`
    const to = after === 'absent' ? '/dev/null' : `b/${path}`
    return createTwoFilesPatch(from, to, old, now, undefined, undefined, { context: 3 })
  })
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

function sideOf(image: FileImage | null): Side {
  return image === null ? 'absent' : (image.content ?? 'too large')
}

/** Null for a file that is no text. */
function textOf(side: Side): string | null {
  if (side === 'absent') return ''
  if (side === 'too large' || side.includes(0)) return null
  return Buffer.from(side).toString('utf8')
}
