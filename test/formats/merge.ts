import { formatMerge } from '../../src/plan/formats/index.ts'

/** The merged text alone, null for no opinion. */
export function merge(path: string, base: string | null, yours: string, theirs: string): string | null {
  return formatMerge(path, base, yours, theirs)?.text ?? null
}

/** What is left after a layer's text was merged into the user's and taken out again. */
export function thereAndBack(path: string, yours: string, theirs: string): string | null {
  const merged = merge(path, null, yours, theirs)
  return merged === null ? null : merge(path, theirs, merged, '')
}
