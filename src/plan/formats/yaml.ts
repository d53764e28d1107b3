import { type Block, blockText, insertBlock, isSetOff, removeBlock, replaceBlock } from './blocks.ts'
import { appendToFlow, itemText, removeFromFlow, type Span } from './flow.ts'
import type { Removal } from './merge-tree.ts'
import { NoOpinion } from './no-opinion.ts'
import type { Format, Sources } from './structured.ts'
import { type Edit, isBlank, lineStart } from './text.ts'
import type { Container, Node } from './tree.ts'
import { parseYaml, type YamlSite } from './yaml-tree.ts'

/** YAML of one document. Anchored nodes are never edited, because that would change their aliases as well. */
export const YAML_FORMAT: Format<YamlSite> = {
  parse: parseYaml,

  // A list item is the same with its dash and between brackets.
  text: (text, node) => textOf(text, node.site.item).replace(/^- +/, ''),

  add(sources, to, nodes) {
    refuseShared(to)
    const { yours, theirs } = sources
    const { flow, inside } = to.site
    if (inside !== undefined) return nodes.map((node) => addBlock(sources, to, node, inside))
    if (flow === undefined) throw new NoOpinion('nothing to add to')
    const items = nodes.map((node) => flowItem(theirs, node))
    return appendToFlow(yours, flow, items, undefined)
  },

  remove(sources, from, removals) {
    refuseShared(from)
    const { yours, isRetired } = sources
    const { flow } = from.site
    if (flow === undefined) return removals.map((gone) => removeLines(sources, gone))
    const gone = removals.map(({ node }) => node.site.item)
    return removeFromFlow(yours, flow, gone, isRetired)
  },

  replace({ yours, theirs }, node, by) {
    refuseShared(node)
    const [before, after] = [textOf(yours, node.site.value), textOf(theirs, by.site.value)]
    if (!before.includes('\n') && !after.includes('\n')) return [{ ...node.site.value, text: after }]
    return [replaceBlock({ text: yours, block: blockOf(node) }, { text: theirs, block: blockOf(by) })]
  },
}

function addBlock(sources: Sources, to: Container<YamlSite>, node: Node<YamlSite>, inside: YamlInside): Edit {
  const { yours, theirs } = sources
  const { block } = node.site
  const indent = ' '.repeat(inside.column)
  if (block !== undefined) {
    const source = { text: theirs, block }
    return insertBlock(yours, inside.end, blockText(source), indent, isSetOff(source))
  }
  const dash = to.kind === 'list' ? '- ' : ''
  return insertBlock(yours, inside.end, dash + flowItem(theirs, node), indent, false)
}

function removeLines({ base, yours, isRetired }: Sources, { node, was }: Removal<YamlSite>): Edit {
  const source = { text: base, block: blockOf(was) }
  const block = wholeLines(yours, blockOf(node))
  return removeBlock({ text: yours, block }, source, isSetOff(source), isRetired)
}

type YamlInside = NonNullable<YamlSite['inside']>

function flowItem(text: string, node: Node<YamlSite>): string {
  const { item, value, block } = node.site
  if (node.site.inside !== undefined) throw new NoOpinion('a block does not fit between brackets')
  // A list item's dash is no part of it between brackets.
  const hasDash = block !== undefined && text.startsWith('- ', item.start)
  const start = hasDash ? value.start : item.start
  return itemText(text, { start, end: item.end })
}

/** An entry that starts behind a dash cannot be taken from its line. */
function wholeLines(text: string, block: Block): Block {
  const before = text.slice(lineStart(text, block.start), block.start)
  if (!isBlank(before)) throw new NoOpinion('not a line of its own')
  return block
}

function blockOf(node: Node<YamlSite>): Block {
  if (node.site.block === undefined) throw new NoOpinion('an entry without lines of its own')
  return node.site.block
}

function textOf(text: string, { start, end }: Span): string {
  return text.slice(start, end)
}

function refuseShared({ site }: Node<YamlSite>): void {
  if (site.isShared) throw new NoOpinion('an anchored or tagged node')
}
