import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type Scalar,
} from 'yaml'
import { KnownError } from '../errors.ts'
import { suggestion } from '../nearest.ts'

/** The place of a field, e.g. `['columns', 3, 'type']`. */
export type Path = readonly (string | number)[]

/** The fields of a YAML file, each read with the type that it must have; a failure names its line. */
export class YamlFields {
  readonly #name: string
  readonly #lines = new LineCounter()
  readonly #document: Document.Parsed<ParsedNode>

  constructor(name: string, text: string) {
    this.#name = name
    this.#document = parseDocument(text, { lineCounter: this.#lines })
    const [mistake] = this.#document.errors
    if (mistake !== undefined) {
      const [problem = 'it is no YAML'] = mistake.message.split('\n')
      throw this.#failure(problem.replace(/ at line \d+, column \d+:?$/, ''), mistake.pos[0])
    }
    if (!isMap(this.#document.contents)) throw this.#failure('it has no fields', 0)
  }

  has(path: Path): boolean {
    const node = this.#node(path)
    return node !== undefined && !(isScalar(node) && node.value === null)
  }

  /** Text, also where a person left out the quotes around what reads as a number. */
  text(path: Path): string {
    const { value, source } = this.#scalar(path, 'text')
    return typeof value === 'string' ? value : (source ?? String(value))
  }

  optionalText(path: Path): string | undefined {
    return this.has(path) ? this.text(path) : undefined
  }

  number(path: Path): number {
    const { value } = this.#scalar(path, 'a number')
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.unexpected(path, 'a number')
    return value
  }

  count(path: Path): number {
    const value = this.number(path)
    if (!Number.isInteger(value) || value < 0) throw this.unexpected(path, 'a whole number')
    return value
  }

  flag(path: Path): boolean {
    const { value } = this.#scalar(path, 'true or false')
    if (typeof value !== 'boolean') throw this.unexpected(path, 'true or false')
    return value
  }

  oneOf<T extends string>(path: Path, allowed: readonly T[]): T {
    const value = this.text(path)
    const known = allowed.find((each) => each === value)
    if (known === undefined) {
      throw this.unexpected(
        path,
        `one of ${allowed.map((each) => each || '""').join(', ')}${suggestion(value, allowed)}`,
      )
    }
    return known
  }

  /** The places of a list's items. */
  items(path: Path): Path[] {
    const node = this.#node(path)
    if (!isSeq(node)) throw this.unexpected(path, 'a list')
    return node.items.map((_, i) => [...path, i])
  }

  /** The failure of a field that is there, but is not what it should be; or is not there. */
  unexpected(path: Path, expected: string): KnownError {
    const found = this.has(path) ? `is ${shown(this.#node(path))}` : 'is missing'
    return this.wrong(path, `${found}, expected ${expected}`)
  }

  /** A failure at a field, or at the nearest field around it. */
  wrong(path: Path, problem: string): KnownError {
    let around = path
    while (around.length > 0 && this.#node(around) === undefined) around = around.slice(0, -1)
    return this.#failure(`${spelled(path)} ${problem}`, this.#node(around)?.range?.[0])
  }

  #node(path: Path): ParsedNode | undefined {
    return (path.length === 0 ? this.#document.contents : this.#document.getIn(path, true)) as
      | ParsedNode
      | undefined
  }

  #scalar(path: Path, expected: string): Scalar {
    const node = this.#node(path)
    if (!isScalar(node) || node.value === null) throw this.unexpected(path, expected)
    return node
  }

  #failure(problem: string, offset: number | undefined): KnownError {
    const line = offset === undefined ? '' : `, line ${this.#lines.linePos(offset).line}`
    return new KnownError(`${this.#name}${line}: ${problem}`, {
      hint: `Correct ${this.#name} and run the command again.`,
    })
  }
}

/** `columns[3].type`. */
function spelled(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join('')
}

function shown(node: ParsedNode | undefined): string {
  if (!isScalar(node)) return isSeq(node) ? 'a list' : 'a mapping'
  return JSON.stringify(node.value)
}
