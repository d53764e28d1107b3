import type { FileMode } from '../render/tree.ts'

export function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0
}

/** Gives or takes the executable bit, to and from those who may read the file; all other bits stay. */
export function withExecutable(mode: number, executable: boolean): number {
  return executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111
}

/** The user's mode, with the executable bit where the template has just added it; it is never taken away. */
export function mergedMode(base: FileMode | null, yours: number, theirs: FileMode): number {
  const isAdded = isExecutable(theirs) && !(base !== null && isExecutable(base))
  return isAdded ? withExecutable(yours, true) : yours
}
