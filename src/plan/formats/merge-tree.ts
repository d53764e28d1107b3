import { firstAddition } from './additions.ts'
import { listKeys } from './list-keys.ts'
import { NoOpinion } from './no-opinion.ts'
import type { Rules } from './rules.ts'
import { type Container, type List, type Node, sameValue, toValue, type Value } from './tree.ts'

export interface Removal<S> {
  readonly node: Node<S>
  /** What the template had there. */
  readonly was: Node<S>
}

/** What the merged document has to say, and the changes that bring the user's document there. */
export interface TreeMerge<S> {
  readonly value: Value
  readonly additions: ReadonlyMap<Container<S>, readonly Node<S>[]>
  readonly removals: ReadonlyMap<Container<S>, readonly Removal<S>[]>
  readonly replacements: ReadonlyMap<Node<S>, Node<S>>
}

export interface MergeOptions<S> {
  readonly rules: Rules
  /** Whether the user's text of an entry is the template's. */
  isUntouched(was: Node<S>, yours: Node<S>): boolean
}

type Maybe<S> = Node<S> | undefined
type Path = readonly string[]

/**
 * The three-way merge of two documents and their common origin, key by key. Throws NoOpinion where both
 * sides want something different for the same key.
 */
export function mergeTrees<S>(
  base: Maybe<S>,
  yours: Node<S>,
  theirs: Node<S>,
  options: MergeOptions<S>,
): TreeMerge<S> {
  if (yours.kind === 'leaf' || yours.kind !== theirs.kind) throw new NoOpinion('not documents of one shape')
  const merge = new Merge<S>(options)
  const value = merge.containers(base, yours, theirs, [])
  return { value, additions: merge.additions, removals: merge.removals, replacements: merge.replacements }
}

class Merge<S> {
  readonly additions = new Map<Container<S>, Node<S>[]>()
  readonly removals = new Map<Container<S>, Removal<S>[]>()
  readonly replacements = new Map<Node<S>, Node<S>>()

  readonly #options: MergeOptions<S>
  /** By which field an item of a list is known. */
  readonly #names = new Map<Node<S>, string>()
  /** What was in a table or list before a layer added to it, because it is above an entry of the user. */
  readonly #own = new Set<Node<S>>()

  constructor(options: MergeOptions<S>) {
    this.#options = options
  }

  containers(base: Maybe<S>, yours: Container<S>, theirs: Maybe<S>, path: Path): Value {
    if (yours.kind === 'list') return this.#lists(asList(base), yours, asList(theirs), path)
    return new Map(this.#entries(entriesOf(base), yours.entries, entriesOf(theirs), yours, path))
  }

  #lists(base: List<S> | undefined, yours: List<S>, theirs: List<S> | undefined, path: Path): Value {
    const identify = (item: string) => this.#options.rules.identify(path, item)
    const keys = listKeys(base, yours, theirs, identify)
    if (keys === undefined) throw new NoOpinion(`${path.join('.')}: an item occurs twice`)
    if (keys.byContent && bothRewroteAnItem(keys.base, keys.yours, keys.theirs)) {
      throw new NoOpinion(`${path.join('.')}: both sides changed an item`)
    }
    if (keys.field !== undefined) for (const item of yours.items) this.#names.set(item, keys.field)
    return this.#entries(keys.base, keys.yours, keys.theirs, yours, path).map(([, value]) => value)
  }

  #entries(base: Entries<S>, yours: Entries<S>, theirs: Entries<S>, parent: Container<S>, path: Path) {
    const merge = (key: string): [string, Value][] => {
      const value = this.#entry(base.get(key), yours.get(key), theirs.get(key), parent, [...path, key])
      return value === undefined ? [] : [[key, value]]
    }
    const own = [...yours.values()].slice(0, firstAddition([...yours.keys()], base, theirs))
    for (const node of own) this.#own.add(node)
    const kept = [...yours.keys()].flatMap(merge)
    const added = [...theirs.keys()].filter((key) => !yours.has(key)).flatMap(merge)
    return [...kept, ...added]
  }

  /** The merged value at one key, undefined where the key goes. */
  #entry(base: Maybe<S>, yours: Maybe<S>, theirs: Maybe<S>, parent: Container<S>, path: Path) {
    const { rules } = this.#options
    if (sameValue(base, theirs) || sameValue(yours, theirs) || rules.isYours(path, yours !== undefined)) {
      return yours && toValue(yours)
    }
    if (yours === undefined) return this.#missing(base, theirs, parent, path)
    if (theirs === undefined) return base && this.#retired(base, yours, parent, path)
    return this.#both(base, yours, theirs, path)
  }

  #missing(base: Maybe<S>, theirs: Maybe<S>, parent: Container<S>, path: Path): Value | undefined {
    if (theirs === undefined) return undefined
    if (base !== undefined) throw new NoOpinion(`${path.join('.')}: deleted here, changed there`)
    append(this.additions, parent, theirs)
    return toValue(theirs)
  }

  /** What stays of an entry that the template no longer has: what the user made of it. */
  #retired(base: Node<S>, yours: Node<S>, parent: Container<S>, path: Path): Value | undefined {
    const isName = this.#names.get(parent) === path.at(-1)
    const rest = isName ? toValue(yours) : this.#rest(base, yours, path)
    if (rest === undefined) append(this.removals, parent, { node: yours, was: base })
    return rest
  }

  #rest(base: Node<S>, yours: Node<S>, path: Path): Value | undefined {
    if (sameValue(base, yours)) return this.#copy(base, yours, path)
    if (yours.kind !== base.kind || !this.#hasParts(yours, path)) return toValue(yours)
    const rest = this.containers(base, yours, undefined, path)
    if (!isEmpty(rest, this.#names.get(yours))) return rest
    this.removals.delete(yours as Container<S>)
    return undefined
  }

  /** What stays of an entry that says what the template's said. */
  #copy(base: Node<S>, yours: Node<S>, path: Path): Value | undefined {
    if (this.#own.has(yours)) return toValue(yours)
    if (this.#options.isUntouched(base, yours)) return undefined
    // A list in another layout was the user's, perhaps an empty one; its items need not be.
    return isScalarList(yours) && this.#hasParts(yours, path)
      ? this.containers(base, yours, undefined, path)
      : toValue(yours)
  }

  #both(base: Maybe<S>, yours: Node<S>, theirs: Node<S>, path: Path): Value {
    if (yours.kind === theirs.kind && this.#hasParts(yours, path)) {
      return this.containers(base, yours, theirs, path)
    }
    const satisfies = base === undefined && this.#options.rules.satisfies(path, yours, theirs)
    if (satisfies) return toValue(yours)
    if (!sameValue(base, yours)) throw new NoOpinion(`${path.join('.')}: both sides set it`)
    this.replacements.set(yours, theirs)
    return toValue(theirs)
  }

  /** Whether a node is merged part by part. */
  #hasParts(node: Node<S>, path: Path): node is Container<S> {
    return node.kind === 'table' || (node.kind === 'list' && !this.#options.rules.isOrdered(path))
  }
}

type Entries<S> = ReadonlyMap<string, Node<S>>

/** Whether an item that both had is gone on both sides and each side has a new one in its stead. */
function bothRewroteAnItem<S>(base: Entries<S>, yours: Entries<S>, theirs: Entries<S>): boolean {
  const goneOnBoth = [...base.keys()].some((key) => !yours.has(key) && !theirs.has(key))
  const isNew = (key: string) => !base.has(key)
  return goneOnBoth && [...yours.keys()].some(isNew) && [...theirs.keys()].some(isNew)
}

function isScalarList(node: Node<unknown>): boolean {
  return node.kind === 'list' && node.items.every((item) => item.kind === 'leaf')
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key)
  if (values === undefined) map.set(key, [value])
  else values.push(value)
}

function entriesOf<S>(node: Maybe<S>): Entries<S> {
  return node?.kind === 'table' ? node.entries : new Map()
}

function asList<S>(node: Maybe<S>): List<S> | undefined {
  return node?.kind === 'list' ? node : undefined
}

/** Whether nothing is left, but for the name by which an item of a list is known. */
function isEmpty(value: Value, name: string | undefined): boolean {
  if (value instanceof Map) return [...value.keys()].every((key) => key === name)
  return Array.isArray(value) && value.length === 0
}
