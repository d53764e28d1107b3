/**
 * A slot is a line that holds nothing but a comment `slot: NAME`, in any comment syntax that the generated
 * files use. Layers put lines there; an empty slot leaves no trace.
 */
const MARKER =
  /^([ \t]*)(?:#|\/\/|<!--|%%|;|\{#)[ \t]*slot:[ \t]*([a-z][a-z0-9-]*)[ \t]*(?:-->|#\})?[ \t]*\r?\n?/gm

/** The texts that layers put into the slots of one file, by slot, in the order in which they are filled. */
export type Fillings = ReadonlyMap<string, readonly string[]>

function slotNames(text: string): string[] {
  return [...text.matchAll(MARKER)].map((match) => match[2] as string)
}

/**
 * Replaces each slot by its fillings, indented as the marker is.
 *
 * @throws Error when a filling has no slot: the layer that brought it has a mistake
 */
export function fillSlots(text: string, fillings: Fillings, file: string): string {
  const known = new Set(slotNames(text))
  for (const name of fillings.keys()) if (!known.has(name)) throw new Error(`${file} has no slot "${name}"`)
  return text.replace(MARKER, (_marker, indent: string, name: string) =>
    (fillings.get(name) ?? []).map((filling) => indentLines(filling, indent)).join(''),
  )
}

function indentLines(text: string, indent: string): string {
  const ended = text.endsWith('\n') || text === '' ? text : `${text}\n`
  return indent === '' ? ended : ended.replace(/^(?=.)/gm, indent)
}
