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

/** Whether a text is what is left of another one when characters are left out. */
export function isWithin(text: string, longer: string): boolean {
  let at = 0
  for (const unit of longer.split('')) if (unit === text[at]) at += 1
  return at === text.length
}
