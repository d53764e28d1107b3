import { type Node as JsonNode, type ParseError, parseTree } from 'jsonc-parser'
import { appendToFlow, type Flow, itemText, removeFromFlow, type Span } from './flow.ts'
import { NoOpinion } from './no-opinion.ts'
import type { Format } from './structured.ts'
import { dominantEol, isBlank } from './text.ts'
import type { Node } from './tree.ts'

interface JsonSite {
  /** The value with its key, where it has one. */
  readonly item: Span
  readonly value: Span
  /** The inside of an object or array. */
  readonly flow: Flow | undefined
}

/** JSON, also with comments and trailing commas as editors' settings have them. */
export const JSON_FORMAT: Format<JsonSite> = {
  parse(text) {
    const errors: ParseError[] = []
    const root = parseTree(isBlank(text) ? '{}' : text, errors, { allowTrailingComma: true })
    if (root === undefined || errors.length > 0) throw new NoOpinion('not well-formed JSON')
    return toNode(root, spanOf(root))
  },

  text: (text, node) => itemText(text, node.site.item),

  add({ yours, theirs }, to, nodes) {
    if (to.site.flow === undefined) throw new NoOpinion('nothing to add to')
    const items = nodes.map((node) => itemText(theirs, node.site.item))
    return appendToFlow(yours, to.site.flow, items, '  ')
  },

  remove({ yours, isRetired }, from, removals) {
    if (from.site.flow === undefined) throw new NoOpinion('nothing to remove from')
    const gone = removals.map(({ node }) => node.site.item)
    return removeFromFlow(yours, from.site.flow, gone, isRetired)
  },

  replace({ yours, theirs }, node, by) {
    const text = itemText(theirs, by.site.value).replaceAll('\n', dominantEol(yours))
    return [{ ...node.site.value, text }]
  },
}

function toNode(json: JsonNode, item: Span): Node<JsonSite> {
  const value = spanOf(json)
  const children = json.children ?? []
  const flow = { open: value.start + 1, close: value.end - 1, items: children.map(spanOf) }
  if (json.type === 'array') {
    return {
      kind: 'list',
      items: children.map((child) => toNode(child, spanOf(child))),
      site: { item, value, flow },
    }
  }
  if (json.type === 'object') {
    const entries = new Map(children.map(toEntry))
    if (entries.size !== children.length) throw new NoOpinion('a key occurs twice')
    return { kind: 'table', entries, site: { item, value, flow } }
  }
  return { kind: 'leaf', value: json.value, site: { item, value, flow: undefined } }
}

function toEntry(property: JsonNode): [string, Node<JsonSite>] {
  const [key, value] = property.children ?? []
  if (key === undefined || value === undefined) throw new NoOpinion('a key without a value')
  return [String(key.value), toNode(value, spanOf(property))]
}

function spanOf({ offset, length }: JsonNode): Span {
  return { start: offset, end: offset + length }
}
