import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'

/** A scalar of a YAML file: the keys that lead to it, its value and its line. */
interface Leaf {
  readonly keys: readonly (string | number)[]
  readonly value: string
  readonly line: number
}

export interface YamlFile {
  /** As plain values; an empty object where the file cannot be read. */
  readonly data: Record<string, unknown>
  readonly leaves: readonly Leaf[]
  /** The line where a key stands, e.g. `lineOf('jobs', 'test')`; 1 where it does not occur. */
  lineOf(...keys: (string | number)[]): number
}

/** Reads YAML with the lines of what it says. What is broken in it is skipped. */
export function readYaml(text: string): YamlFile {
  const counter = new LineCounter()
  // `on` is a word in a workflow, not the truth: YAML 1.2 sees it so.
  const document = parseDocument(text, { lineCounter: counter, logLevel: 'silent', uniqueKeys: false })
  const leaves: Leaf[] = []
  const lines = new Map<string, number>()
  const lineAt = (node: Node | null | undefined) => counter.linePos(node?.range?.[0] ?? 0).line
  const visit = (node: unknown, keys: readonly (string | number)[]): void => {
    if (keys.length > 40) return
    if (isMap(node))
      for (const { key, value } of node.items) {
        const path = [...keys, String(isScalar(key) ? key.value : key)]
        lines.set(path.join('\0'), lineAt(key as Node))
        visit(value, path)
      }
    if (isSeq(node))
      for (const [index, item] of node.items.entries()) {
        const path = [...keys, index]
        lines.set(path.join('\0'), lineAt(item as Node))
        visit(item, path)
      }
    if (isScalar(node)) leaves.push({ keys, value: String(node.value), line: lineAt(node) })
  }
  visit(document.contents, [])
  return {
    data: plain(() => document.toJS({ maxAliasCount: 1000 })),
    leaves,
    lineOf: (...keys) => lines.get(keys.join('\0')) ?? 1,
  }
}

function plain(read: () => unknown): Record<string, unknown> {
  try {
    const value = read()
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
