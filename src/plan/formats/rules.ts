import type { Node } from './tree.ts'

/** What a format knows about the meaning of its keys. */
export interface Rules {
  /** Whether the key belongs to the user alone, so that the template's value is of no interest. */
  isYours(path: readonly string[], isSet: boolean): boolean
  /** Whether the order of the list means something, so that it is merged as one value and not as a set. */
  isOrdered(path: readonly string[]): boolean
  /** What a text in the list at `path` is about: two items with one identity are the same item. */
  identify(path: readonly string[], item: string): string
  /** Whether the user's own value, which the template sets as well, does for the template. */
  satisfies(path: readonly string[], yours: Node<unknown>, theirs: Node<unknown>): boolean
}

/** Lists of arguments and of steps: a union of two of them would be a third program. */
const ORDERED = new Set('args command cmd entrypoint test script before_script after_script steps'.split(' '))

export const COMMON_RULES: Rules = {
  isYours: () => false,
  isOrdered: (path) => ORDERED.has(path.at(-1) ?? ''),
  identify: (_path, item) => item,
  satisfies: () => false,
}
