/**
 * From which of the user's entries on those that the template takes back are the template's to take.
 *
 * What the user had before a layer brought the same looks like the layer's once the layer takes it back. But
 * a layer's entries are added together, below all others. So those above an entry of the user's own that is
 * itself above others of the layer were there before.
 */
export function firstAddition(
  keys: readonly string[],
  base: { has(key: string): boolean },
  theirs: { has(key: string): boolean },
): number {
  const last = keys.findLastIndex((key) => base.has(key) && !theirs.has(key))
  return keys.slice(0, Math.max(last, 0)).findLastIndex((key) => !base.has(key)) + 1
}
