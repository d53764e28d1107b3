import { blockText, insertBlock, isSetOff, removeBlock } from './blocks.ts'
import { appendToFlow, itemText, removeFromFlow } from './flow.ts'
import { NoOpinion } from './no-opinion.ts'
import type { Format, Sources } from './structured.ts'
import { dominantEol, type Edit, isBlank, lineEnd, nextLine } from './text.ts'
import { type Piece, parseToml, type TomlSite } from './toml-tree.ts'
import type { Container, Node } from './tree.ts'

type TomlNode = Node<TomlSite>

export const TOML_FORMAT: Format<TomlSite> = {
  parse: parseToml,

  text: (text, { site }) => {
    if (site.pieces.length === 0) return site.item === undefined ? '' : itemText(text, site.item)
    return site.pieces.map((piece) => text.slice(piece.start, piece.end)).join('\n')
  },

  add({ yours, theirs }, to, nodes) {
    if (to.site.flow === undefined) return nodes.flatMap((node) => addPieces({ yours, theirs }, to, node))
    const items = nodes.map((node) => flowItem(theirs, node))
    if (to.kind === 'table' && items.some((item) => item.includes('\n'))) {
      throw new NoOpinion('an inline table has one line')
    }
    return appendToFlow(
      yours,
      to.site.flow,
      items,
      to.kind === 'list' && items.length > 1 ? '    ' : undefined,
    )
  },

  remove({ base, yours, isRetired }, from, removals) {
    if (from.site.flow !== undefined) {
      const gone = removals.map(({ node }) => itemOf(node))
      return removeFromFlow(yours, from.site.flow, gone, isRetired)
    }
    return removals.flatMap(({ node, was }) =>
      node.site.pieces.map((block, index) => {
        const source = { text: base, block: was.site.pieces[index] ?? pieceOf(was) }
        return removeBlock({ text: yours, block }, source, needsAir(base, source.block), isRetired)
      }),
    )
  },

  replace({ yours, theirs }, node, by) {
    if (node.site.value === undefined || by.site.value === undefined)
      throw new NoOpinion('not one value each')
    const text = theirs.slice(by.site.value.start, by.site.value.end)
    return [{ ...node.site.value, text: text.replaceAll('\n', dominantEol(yours)) }]
  },
}

function addPieces(
  { yours, theirs }: Pick<Sources, 'yours' | 'theirs'>,
  to: Container<TomlSite>,
  node: TomlNode,
): Edit[] {
  if (node.site.pieces.length === 0) throw new NoOpinion('not a row or a table')
  return node.site.pieces.map((block) => {
    const at = block.kind === 'row' ? rowPlace(to, block) : tablePlace(yours, to, block)
    return insertBlock(yours, at, blockText({ text: theirs, block }), '', needsAir(theirs, block))
  })
}

/** Tables are always set off from each other, rows where the template does it. */
function needsAir(text: string, block: Piece): boolean {
  return block.kind === 'table' || isSetOff({ text, block })
}

/** Below the last row of the table, under the header that the row had in the template. */
function rowPlace({ site }: Container<TomlSite>, { header }: Piece): number {
  if (site.rows === undefined || !isSamePath(site.rows.header, header))
    throw new NoOpinion('no place for a row')
  return site.rows.end
}

/** Below the table that is the nearest relative, or at the end. */
function tablePlace(text: string, { site }: Container<TomlSite>, { header }: Piece): number {
  const kinship = site.tables.map((table) => commonLength(table.header, header))
  const closest = Math.max(0, ...kinship)
  const relative = closest === 0 ? undefined : site.tables[kinship.lastIndexOf(closest)]
  return relative === undefined ? text.length : pastClosingComments(text, relative.end)
}

/** Comments directly below the last row are part of the table, unless they are directly above something else. */
function pastClosingComments(text: string, end: number): number {
  let at = end
  while (at < text.length && text.slice(at, lineEnd(text, at)).trimStart().startsWith('#'))
    at = nextLine(text, at)
  return isBlank(text.slice(at, lineEnd(text, at))) ? at : end
}

function flowItem(text: string, node: TomlNode): string {
  return itemText(text, itemOf(node))
}

function itemOf({ site }: TomlNode) {
  if (site.item === undefined) throw new NoOpinion('not a single item')
  return site.item
}

function pieceOf({ site }: TomlNode): Piece {
  const [piece] = site.pieces
  if (piece === undefined) throw new NoOpinion('not a row or a table')
  return piece
}

function isSamePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && commonLength(a, b) === a.length
}

function commonLength(a: readonly string[], b: readonly string[]): number {
  const different = a.findIndex((key, index) => key !== b[index])
  return different === -1 ? a.length : different
}
