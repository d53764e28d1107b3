import { isDeepStrictEqual } from 'node:util'

/** A document's structure. `S` is what a format has to know about a node's place in its text. */
export type Node<S> = Leaf<S> | Table<S> | List<S>

interface Leaf<S> {
  readonly kind: 'leaf'
  readonly value: unknown
  readonly site: S
}

export interface Table<S> {
  readonly kind: 'table'
  readonly entries: Map<string, Node<S>>
  readonly site: S
}

export interface List<S> {
  readonly kind: 'list'
  readonly items: Node<S>[]
  readonly site: S
}

export type Container<S> = Table<S> | List<S>

/** What a document says, without how it says it: maps (whose order means nothing), arrays and scalars. */
export type Value = Map<string, Value> | Value[] | { readonly scalar: unknown }

export function toValue(node: Node<unknown>): Value {
  switch (node.kind) {
    case 'leaf':
      return { scalar: node.value }
    case 'list':
      return node.items.map(toValue)
    case 'table':
      return new Map([...node.entries].map(([key, entry]) => [key, toValue(entry)]))
  }
}

export function sameValue(a: Node<unknown> | undefined, b: Node<unknown> | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return isDeepStrictEqual(toValue(a), toValue(b))
}
