import { parse, parseDocument } from '@decimalturn/toml-patch'
import type { Block } from './blocks.ts'
import type { Flow, Span } from './flow.ts'
import { NoOpinion } from './no-opinion.ts'
import { nextLine } from './text.ts'
import type { Node, Table } from './tree.ts'

/** A row `key = value`, or a `[header]` with its rows: what a TOML text is made of. */
export interface Piece extends Block {
  readonly kind: 'row' | 'table'
  /** The path of the header, for a row of the one that it stands below. */
  readonly header: readonly string[]
}

export interface TomlSite {
  /** Every piece that takes part in defining the node, outside of brackets. */
  readonly pieces: Piece[]
  /** The value with its key, where it has one, on a row or inside of brackets. */
  item: Span | undefined
  value: Span | undefined
  flow: Flow | undefined
  /** Where a row can be added to a table, and below which header that is. */
  rows: { readonly header: readonly string[]; readonly end: number } | undefined
  /** All tables of the document, in its order. */
  readonly tables: readonly Piece[]
}

type TomlNode = Node<TomlSite>
type Cst = ReturnType<typeof parseDocument>['cst'][number]
type Row = Extract<Cst, { key: unknown; equals: number }>
type Value = Row['value']

/** Reads a TOML document with the places of its nodes. */
export function parseToml(text: string): TomlNode {
  try {
    parse(text)
  } catch (error) {
    throw new NoOpinion('not well-formed TOML', { cause: error })
  }
  return new Reader(text).read()
}

class Reader {
  readonly #text: string
  readonly #lines: readonly number[]
  readonly #tables: Piece[] = []

  constructor(text: string) {
    this.#text = text
    this.#lines = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  }

  read(): TomlNode {
    const root = this.#table()
    const blocks = parseDocument(this.#text).cst
    const hasTables = blocks.some((block) => block.type === 'Table' || block.type === 'TableArray')
    if (!hasTables) root.site.rows = { header: [], end: this.#text.length }
    for (const block of blocks) {
      if (block.type === 'KeyValue') this.#row(root, block as Row, [])
      if (block.type === 'Table' || block.type === 'TableArray') this.#header(root, block)
    }
    return root
  }

  #header(root: Table<TomlSite>, block: Exclude<Cst, Row>): void {
    if (!('items' in block)) return
    const header = block.key.item.value
    const rows = block.items.filter((item): item is Row => item.type === 'KeyValue')
    const start = this.#span(block.key).start
    const end = nextLine(this.#text, this.#span(rows.at(-1) ?? block.key).end)
    const piece: Piece = { kind: 'table', header, start, end }
    this.#tables.push(piece)
    const table =
      block.type === 'Table' ? this.#descend(root, header, piece) : this.#element(root, header, piece)
    table.site.rows = { header, end: nextLine(this.#text, this.#span(block.key).end) }
    for (const row of rows) this.#row(table, row, header)
  }

  /** Starts a new item of an array of tables. */
  #element(root: Table<TomlSite>, path: readonly string[], piece: Piece): Table<TomlSite> {
    const key = path.at(-1) ?? ''
    const parent = this.#descend(root, path.slice(0, -1), piece)
    const list = parent.entries.get(key) ?? { kind: 'list', items: [], site: this.#site() }
    if (list.kind !== 'list') throw new NoOpinion('a table and an array of one name')
    const element = this.#table()
    element.site.pieces.push(piece)
    list.site.pieces.push(piece)
    list.items.push(element)
    parent.entries.set(key, list)
    return element
  }

  #row(table: Table<TomlSite>, row: Row, header: readonly string[]): void {
    const span = this.#span(row)
    const piece: Piece = { kind: 'row', header, start: span.start, end: nextLine(this.#text, span.end) }
    const keys = row.key.value
    const parent = this.#descend(table, keys.slice(0, -1), piece)
    const node = this.#value(row.value as Value, span)
    node.site.pieces.push(piece)
    parent.entries.set(keys.at(-1) ?? '', node)
    table.site.rows = { header, end: piece.end }
    if (parent !== table) parent.site.rows = { header, end: piece.end }
  }

  /** Walks down to the table at `path`, creating the tables that it implies, and notes the piece on all of them. */
  #descend(from: Table<TomlSite>, path: readonly string[], piece: Piece): Table<TomlSite> {
    let table = from
    for (const key of path) {
      const next: TomlNode = table.entries.get(key) ?? this.#table()
      table.entries.set(key, next)
      next.site.pieces.push(piece)
      const inner = next.kind === 'list' ? next.items.at(-1) : next
      if (inner?.kind !== 'table') throw new NoOpinion('a path through a value')
      if (next.kind === 'list') inner.site.pieces.push(piece)
      table = inner
    }
    return table
  }

  #value(cst: Value, item: Span): TomlNode {
    const value = this.#span(cst)
    const site = { ...this.#site(), item, value }
    if (cst.type === 'InlineArray') {
      const items = cst.items.map(({ item: node }) => this.#value(node as Value, this.#span(node)))
      return { kind: 'list', items, site: { ...site, flow: flowOf(value, items) } }
    }
    if (cst.type === 'InlineTable') {
      const entries = cst.items.map(({ item: row }): [string, TomlNode] => {
        if (row.key.value.length !== 1) throw new NoOpinion('a dotted key in an inline table')
        return [row.key.value[0] ?? '', this.#value(row.value as Value, this.#span(row))]
      })
      const flow = flowOf(
        value,
        entries.map(([, node]) => node),
      )
      return { kind: 'table', entries: new Map(entries), site: { ...site, flow } }
    }
    return { kind: 'leaf', value: leafValue(cst, this.#text.slice(value.start, value.end)), site }
  }

  #table(): Table<TomlSite> {
    return { kind: 'table', entries: new Map(), site: this.#site() }
  }

  #site(): TomlSite {
    return {
      pieces: [],
      item: undefined,
      value: undefined,
      flow: undefined,
      rows: undefined,
      tables: this.#tables,
    }
  }

  #span({ loc }: Pick<Cst, 'loc'>): Span {
    return { start: this.#offset(loc.start), end: this.#offset(loc.end) }
  }

  #offset({ line, column }: { line: number; column: number }): number {
    return (this.#lines[line - 1] ?? this.#text.length) + column
  }
}

function flowOf({ start, end }: Span, children: readonly TomlNode[]): Flow {
  const items = children.flatMap(({ site }) => (site.item === undefined ? [] : [site.item]))
  return { open: start + 1, close: end - 1, items }
}

/** `1` and `1.0` are different values in TOML, and a date is compared as it is written. */
function leafValue(cst: Value, source: string): unknown {
  if (cst.type === 'Float') return { float: source }
  if (cst.type === 'DateTime') return { date: source }
  return 'value' in cst ? cst.value : source
}
