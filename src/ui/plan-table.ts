import type { Change } from '../plan/change.ts'
import { type Output, printable, type Style } from './output.ts'

type Kind = Change['kind']

const LABELS: Record<Kind, { readonly word: string; readonly style: Style }> = {
  create: { word: 'create', style: 'green' },
  copy: { word: 'copy', style: 'green' },
  update: { word: 'update', style: 'cyan' },
  merge: { word: 'merge', style: 'cyan' },
  mode: { word: 'mode', style: 'cyan' },
  rename: { word: 'rename', style: 'cyan' },
  delete: { word: 'delete', style: 'red' },
  keep: { word: 'keep', style: 'dim' },
  pending: { word: 'pending', style: 'yellow' },
  'stay-deleted': { word: 'deleted', style: 'dim' },
  conflict: { word: 'CONFLICT', style: ['red', 'bold'] },
}

const WRITING: readonly Kind[] = ['create', 'copy', 'update', 'merge', 'mode', 'rename', 'delete']

export function isWrite(change: Change): boolean {
  return WRITING.includes(change.kind)
}

/** The plan as a table: what happens to each path, which layer asks for it, and why. */
export function formatPlan(changes: readonly Change[], output: Output): string {
  if (changes.length === 0) return 'Nothing to do: the project is as it should be.'
  const paths = changes.map((change) => printable(pathOf(change)))
  const pathWidth = Math.min(48, Math.max(...paths.map((path) => path.length)))
  const layerWidth = Math.max(...changes.map((change) => change.layer.length))
  const rows = changes.map((change, index) => {
    const { word, style } = LABELS[change.kind]
    const why = change.kind === 'create' || change.kind === 'update' ? '' : printable(change.reason)
    const path = (paths[index] as string).padEnd(pathWidth)
    const layer = output.style('dim', change.layer.padEnd(layerWidth))
    return `  ${output.style(style, word.padEnd(8))}  ${path}  ${layer}  ${why}`.trimEnd()
  })
  return `${rows.join('\n')}\n\n${summary(changes)}`
}

/** The plan for programs, without contents. */
export function planAsJson(changes: readonly Change[]) {
  return changes.map((change) => ({
    kind: change.kind,
    path: change.path,
    ...(change.kind === 'rename' || change.kind === 'copy' ? { from: change.from } : {}),
    layer: change.layer,
    ownership: change.ownership,
    reason: change.reason,
    ...(change.kind === 'conflict' ? { conflict: change.conflict, answers: change.answers } : {}),
  }))
}

function pathOf(change: Change): string {
  return change.kind === 'rename' ? `${change.from} -> ${change.path}` : change.path
}

function summary(changes: readonly Change[]): string {
  const kinds = [...new Set(changes.map((change) => change.kind))]
  const counts = kinds.map(
    (kind) => `${changes.filter((change) => change.kind === kind).length} ${LABELS[kind].word.toLowerCase()}`,
  )
  return `${changes.length} paths: ${counts.join(', ')}`
}
