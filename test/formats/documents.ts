import fc from 'fast-check'

/** What a random document says: tables of tables, of lists and of texts. */
export type Model = string | readonly string[] | { readonly [key: string]: Model }

/** How a random document says it. */
export interface Style {
  readonly crlf: boolean
  readonly bom: boolean
  readonly open: boolean
  readonly comments: boolean
  readonly airy: boolean
  readonly inline: boolean
  readonly trailingComma: boolean
  readonly indent: number
}

export const PLAIN: Style = {
  crlf: false,
  bom: false,
  open: false,
  comments: false,
  airy: false,
  inline: false,
  trailingComma: false,
  indent: 2,
}

const flag = fc.boolean()

export const styles: fc.Arbitrary<Style> = fc.record({
  crlf: flag,
  bom: flag,
  open: flag,
  comments: flag,
  airy: flag,
  inline: flag,
  trailingComma: flag,
  indent: fc.constantFrom(2, 4),
})

/** Texts of one side only, so that two documents never differ about a key by accident. */
function texts(side: string): fc.Arbitrary<string[]> {
  const text = fc.integer({ min: 0, max: 9 }).map((number) => `${side}-${number}`)
  return fc.uniqueArray(text, { minLength: 1, maxLength: 4 })
}

/** A document of one side: keys of its own, and some that both sides have. */
export function models(side: string): fc.Arbitrary<Record<string, Model>> {
  const inner = fc.dictionary(
    fc.constantFrom('p', 'q', 'r').map((key) => `${side}${key}`),
    fc.oneof(fc.constant(`${side} text`), texts(side)),
    { minKeys: 1 },
  )
  const own = fc.dictionary(
    fc.constantFrom('a', 'b', 'c').map((key) => `${side}${key}`),
    inner,
    { minKeys: 1 },
  )
  const common = fc.record({ list: texts(side), table: inner }, { requiredKeys: [] })
  return fc
    .tuple(own, fc.record({ shared: common }, { requiredKeys: [] }), flag)
    .map(([mine, shared, first]) => {
      const filled = Object.keys(shared.shared ?? {}).length > 0 ? shared : {}
      return first ? { ...filled, ...mine } : { ...mine, ...filled }
    })
}

/** Gives LF text with a final newline the line ending, the BOM and the end that the style wants. */
export function finish(text: string, { crlf, bom, open }: Style): string {
  const lines = open ? text.trimEnd() : text
  return (bom ? '\uFEFF' : '') + (crlf ? lines.replaceAll('\n', '\r\n') : lines)
}
