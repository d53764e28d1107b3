import { type List, type Node, toValue } from './tree.ts'

/** The fields that name an item, in the order in which they are tried. */
const NAMING_FIELDS = ['id', 'name', 'repo', 'key']

type Items<S> = ReadonlyMap<string, Node<S>>

/** Three versions of a list, their items by keys that are comparable. */
export interface KeyedLists<S> {
  readonly base: Items<S>
  readonly yours: Items<S>
  readonly theirs: Items<S>
  /** The field that is the key, if it is one. */
  readonly field: string | undefined
  /** Whether an item's key is all that it holds, so that a changed item looks like another one. */
  readonly byContent: boolean
}

type Lists<S> = readonly [List<S> | undefined, List<S> | undefined, List<S> | undefined]

/** Finds keys by which three versions of a list can be compared, undefined where an item occurs twice. */
export function listKeys<S>(
  base: List<S> | undefined,
  yours: List<S> | undefined,
  theirs: List<S> | undefined,
  identify: (item: string) => string,
): KeyedLists<S> | undefined {
  const lists: Lists<S> = [base, yours, theirs]
  const items = lists.flatMap((list) => list?.items ?? [])
  if (items.every((item) => item.kind === 'leaf')) {
    return keyed(lists, (item) => scalarKey(item, identify), { field: undefined, byContent: false })
  }
  for (const field of NAMING_FIELDS) {
    if (!items.every((item) => nameOf(item, field) !== undefined)) continue
    const named = keyed(lists, (item) => nameOf(item, field) ?? '', { field, byContent: false })
    if (named !== undefined) return named
  }
  return keyed(lists, contentKey, { field: undefined, byContent: true })
}

function keyed<S>(
  lists: Lists<S>,
  keyOf: (item: Node<S>) => string,
  kind: Pick<KeyedLists<S>, 'field' | 'byContent'>,
): KeyedLists<S> | undefined {
  const [base, yours, theirs] = lists.map((list) => distinct(list, keyOf))
  return base && yours && theirs ? { base, yours, theirs, ...kind } : undefined
}

function distinct<S>(list: List<S> | undefined, keyOf: (item: Node<S>) => string): Items<S> | undefined {
  const items = list?.items ?? []
  const byKey = new Map(items.map((item) => [keyOf(item), item]))
  return byKey.size === items.length ? byKey : undefined
}

function scalarKey(item: Node<unknown>, identify: (item: string) => string): string {
  const isText = item.kind === 'leaf' && typeof item.value === 'string'
  return isText ? identify(item.value as string) : contentKey(item)
}

function nameOf(item: Node<unknown>, field: string): string | undefined {
  const value = item.kind === 'table' ? item.entries.get(field) : undefined
  return value?.kind === 'leaf' && typeof value.value === 'string' ? value.value : undefined
}

function contentKey(item: Node<unknown>): string {
  return JSON.stringify(toValue(item), (_key, value) => {
    if (value instanceof Map) return [...value].sort(([a], [b]) => (a < b ? -1 : 1))
    return typeof value === 'bigint' ? `${value}n` : value
  })
}
