import { closest, distance } from 'fastest-levenshtein'

/** The known word that `word` is most likely a slip of, if any is near enough to suggest. */
function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const lower = word.toLowerCase()
  const sameButCase = known.find((each) => each.toLowerCase() === lower)
  if (sameButCase !== undefined) return sameButCase
  const candidate = closest(lower, known as string[])
  return distance(lower, candidate.toLowerCase()) <= Math.max(1, Math.floor(word.length / 3))
    ? candidate
    : undefined
}

/** `; did you mean "…"?`, or nothing. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined ? '' : `; did you mean "${near}"?`
}
