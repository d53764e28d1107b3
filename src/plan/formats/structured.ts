import { isDeepStrictEqual } from 'node:util'
import { mergeTrees, type Removal, type TreeMerge } from './merge-tree.ts'
import { NoOpinion } from './no-opinion.ts'
import type { Rules } from './rules.ts'
import { applyEdits, type Edit, isBlank, toLf } from './text.ts'
import { type Container, type Node, toValue } from './tree.ts'

/** A format with a syntax tree: how to read it, and how to edit a user's text at the places of its nodes. */
export interface Format<S> {
  /** Throws where the text is not well-formed, or uses something that cannot be edited safely. */
  parse(text: string): Node<S>
  /** A node's own text, to see whether the user has touched it. */
  text(text: string, node: Node<S>): string
  add(sources: Sources, to: Container<S>, nodes: readonly Node<S>[]): Edit[]
  remove(sources: Sources, from: Container<S>, removals: readonly Removal<S>[]): Edit[]
  replace(sources: Sources, node: Node<S>, by: Node<S>): Edit[]
}

export interface Sources {
  /** The template's texts have LF. */
  readonly base: string
  readonly yours: string
  readonly theirs: string
  /** Whether a comment line came with the template and is gone from it now. */
  isRetired(commentLine: string): boolean
}

/**
 * Merges documents by their syntax trees and edits the user's text only where the merge changes it. What
 * comes out is parsed again, and has to say exactly what the merge of the trees says.
 */
export function mergeStructured<S>(
  format: Format<S>,
  rules: Rules,
  base: string | null,
  yours: string,
  theirs: string,
): string {
  const pristine = { base: toLf(base ?? ''), theirs: toLf(theirs) }
  const baseTree = base === null ? undefined : format.parse(pristine.base)
  const theirTree = format.parse(pristine.theirs)
  const mergeInto = (text: string) => {
    const isUntouched = (was: Node<S>, node: Node<S>) =>
      withoutSpace(format.text(pristine.base, was)) === withoutSpace(format.text(text, node))
    return mergeTrees(baseTree, format.parse(text), theirTree, { rules, isUntouched })
  }

  // What goes and what comes may touch at the same comma, so they are separate passes over the text.
  const sources = { ...pristine, isRetired: retiredComments(pristine.base, pristine.theirs) }
  const first = mergeInto(yours)
  const losses = takeAway(format, { ...sources, yours }, first)
  refuseLosses(yours, losses, pristine.base)
  const reduced = applyEdits(yours, losses)
  const second = losses.length === 0 ? first : mergeInto(reduced)
  const merged = applyEdits(reduced, bringIn(format, { ...sources, yours: reduced }, second))
  if (!isDeepStrictEqual(toValue(format.parse(merged)), first.value)) {
    throw new NoOpinion('the edited text does not say what the merge says')
  }
  return merged
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '')
}

function takeAway<S>(format: Format<S>, sources: Sources, { removals, replacements }: TreeMerge<S>): Edit[] {
  return [
    ...[...removals].flatMap(([from, gone]) => format.remove(sources, from, gone)),
    ...[...replacements].flatMap(([node, by]) => format.replace(sources, node, by)),
  ]
}

function bringIn<S>(format: Format<S>, sources: Sources, { additions }: TreeMerge<S>): Edit[] {
  return [...additions].flatMap(([to, nodes]) => format.add(sources, to, nodes))
}

/** Of any of the formats; the slashes of a URL are none. */
const COMMENT = /(?:#|(?<!:)\/\/|\/\*).*/g

/** Comments of which the template now has fewer than before. */
function retiredComments(base: string, theirs: string): (line: string) => boolean {
  const count = (text: string, comment: string) =>
    text.match(COMMENT)?.filter((other) => other === comment).length ?? 0
  return (line) => count(base, line.trim()) > count(theirs, line.trim())
}

/** A note that the user wrote inside of an entry that goes would go with it: that is for a person to decide. */
function refuseLosses(text: string, edits: readonly Edit[], base: string): void {
  const known = new Set(base.match(COMMENT)?.map((comment) => comment.trim()))
  for (const { start, end } of edits) {
    const comments = toLf(text.slice(start, end)).match(COMMENT) ?? []
    if (!comments.every((comment) => isBlank(comment) || known.has(comment.trim()))) {
      throw new NoOpinion('a comment of the user would be lost')
    }
  }
}
