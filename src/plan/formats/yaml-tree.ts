import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
  type YAMLSeq,
  type Node as YamlNode,
} from 'yaml'
import type { Block } from './blocks.ts'
import type { Flow, Span } from './flow.ts'
import { NoOpinion } from './no-opinion.ts'
import { lineStart, nextLine } from './text.ts'
import type { Node } from './tree.ts'

export interface YamlSite {
  /** The value with its key, or with its dash. */
  readonly item: Span
  /** The value alone, without its anchor and tag. */
  readonly value: Span
  /** The lines of the entry, where it is not inside brackets. */
  readonly block: Block | undefined
  /** The inside of a bracketed collection. */
  readonly flow: Flow | undefined
  /** Where an entry can be added to a collection without brackets. */
  readonly inside: { readonly column: number; readonly end: number } | undefined
  /** Whether the node is, or is in, an anchored or tagged one. */
  readonly isShared: boolean
}

/** Reads one YAML document with the places of its nodes. */
export function parseYaml(text: string): Node<YamlSite> {
  const documents = parseAllDocuments(text, {
    keepSourceTokens: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  if (!Array.isArray(documents) || documents.length === 0) return emptyDocument(text)
  const [document] = documents
  if (document === undefined || documents.length > 1) throw new NoOpinion('several documents')
  if (document.errors.length > 0) throw new NoOpinion('not well-formed YAML')
  const { contents } = document
  if (contents === null || (isScalar(contents) && contents.source === '')) return emptyDocument(text)
  return new Reader(text).node(contents, { item: spanOf(contents), block: undefined, isShared: false })
}

function emptyDocument(text: string): Node<YamlSite> {
  const nothing = { start: text.length, end: text.length }
  const inside = { column: 0, end: text.length }
  const site = { item: nothing, value: nothing, block: undefined, flow: undefined, inside, isShared: false }
  return { kind: 'table', entries: new Map(), site }
}

type Place = Pick<YamlSite, 'item' | 'block' | 'isShared'>

class Reader {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  node(yaml: YamlNode, place: Place): Node<YamlSite> {
    const isShared = place.isShared || hasProperties(yaml)
    const site = { ...place, isShared, value: spanOf(yaml), flow: undefined, inside: undefined }
    if (isMap(yaml) && yaml.tag === undefined) return this.#map(yaml, site)
    if (isSeq(yaml) && yaml.tag === undefined) return this.#seq(yaml, site)
    return { kind: 'leaf', value: leafValue(yaml), site }
  }

  #map(yaml: YAMLMap, site: YamlSite): Node<YamlSite> {
    const items = yaml.items.map((pair) => this.#pairSpan(pair))
    const children = yaml.items.map((pair, index): [string, Node<YamlSite>] => {
      const item = items[index] as Span
      const value = pair.value as YamlNode | null
      const place = this.#place(yaml, item, site)
      return [keyOf(pair), value === null ? nullLeaf(place) : this.node(value, place)]
    })
    const entries = new Map(children)
    if (entries.size !== children.length) throw new NoOpinion('a key occurs twice')
    return { kind: 'table', entries, site: { ...site, ...this.#container(yaml, items) } }
  }

  #seq(yaml: YAMLSeq, site: YamlSite): Node<YamlSite> {
    const items = yaml.items.map((item, index) => this.#itemSpan(yaml, item as YamlNode, index))
    const nodes = yaml.items.map((item, index) =>
      this.node(item as YamlNode, this.#place(yaml, items[index] as Span, site)),
    )
    return { kind: 'list', items: nodes, site: { ...site, ...this.#container(yaml, items) } }
  }

  #place(parent: YAMLMap | YAMLSeq, item: Span, { isShared }: YamlSite): Place {
    return {
      item,
      isShared,
      block: parent.flow ? undefined : { start: item.start, end: this.#lineAfter(item.end) },
    }
  }

  #container(yaml: YAMLMap | YAMLSeq, items: readonly Span[]): Pick<YamlSite, 'flow' | 'inside'> {
    const { start, end } = spanOf(yaml)
    if (yaml.flow) return { flow: { open: start + 1, close: end - 1, items }, inside: undefined }
    const first = items[0]?.start ?? start
    const column = first - lineStart(this.#text, first)
    return { flow: undefined, inside: { column, end: this.#lineAfter(items.at(-1)?.end ?? end) } }
  }

  #pairSpan(pair: Pair): Span {
    const key = pair.key as YamlNode
    if (pair.srcToken !== undefined && 'explicitKey' in pair.srcToken) throw new NoOpinion('an explicit key')
    if (hasProperties(key)) throw new NoOpinion('a key with properties')
    return { start: spanOf(key).start, end: pair.value ? this.#end(pair.value as YamlNode) : spanOf(key).end }
  }

  #itemSpan(list: YAMLSeq, item: YamlNode, index: number): Span {
    if (isPair(item)) throw new NoOpinion('a pair in a list')
    const end = this.#end(item)
    if (list.srcToken?.type !== 'block-seq') return { start: spanOf(item).start, end }
    const dash = list.srcToken.items[index]?.start.find((token) => token.type === 'seq-item-ind')
    if (dash === undefined) throw new NoOpinion('an item without a dash')
    return { start: dash.offset, end: Math.max(end, dash.offset + 1) }
  }

  /** Where a node's own text ends; the range of a collection also spans the comments below it. */
  #end(yaml: YamlNode): number {
    if (isMap(yaml) && !yaml.flow && yaml.items.length > 0)
      return this.#pairSpan(yaml.items.at(-1) as Pair).end
    if (isSeq(yaml) && !yaml.flow && yaml.items.length > 0) {
      return this.#itemSpan(yaml, yaml.items.at(-1) as YamlNode, yaml.items.length - 1).end
    }
    return spanOf(yaml).end
  }

  /** A block scalar ends where the next line starts, anything else within its line. */
  #lineAfter(end: number): number {
    return end > 0 && this.#text[end - 1] === '\n' ? end : nextLine(this.#text, end)
  }
}

function spanOf({ range }: YamlNode): Span {
  if (!range) throw new NoOpinion('a node without a place')
  return { start: range[0], end: range[1] }
}

function keyOf({ key }: Pair): string {
  if (!isScalar(key)) throw new NoOpinion('a key that is no text')
  return String(key.value)
}

function hasProperties(yaml: YamlNode): boolean {
  return yaml.tag !== undefined || ('anchor' in yaml && yaml.anchor !== undefined)
}

function nullLeaf(place: Place): Node<YamlSite> {
  return {
    kind: 'leaf',
    value: null,
    site: { ...place, value: place.item, flow: undefined, inside: undefined },
  }
}

function leafValue(yaml: YamlNode): unknown {
  if (isAlias(yaml)) return { alias: yaml.source }
  if (yaml.tag !== undefined) return { tag: yaml.tag, value: yaml.toJSON() }
  return isScalar(yaml) ? yaml.value : yaml.toJSON()
}
