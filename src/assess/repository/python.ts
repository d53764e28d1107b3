import type { SyntaxNodeRef } from '@lezer/common'
import { parser } from '@lezer/python'

/** What one Python file, or the code of one notebook, says. Lines count from 1. */
export interface PythonFacts {
  /** False where only the imports are known. */
  readonly isParsed: boolean
  readonly imports: readonly Import[]
  readonly calls: readonly Call[]
  readonly functions: readonly Definition[]
  readonly classes: readonly Definition[]
  readonly asserts: readonly Assertion[]
  readonly strings: readonly Text[]
  /** Every identifier that occurs, with the line where it first does. */
  readonly names: ReadonlyMap<string, number>
  /** The line of `if __name__ == "__main__"`. */
  readonly main: number | undefined
}

interface Import {
  /** `a.b`, or `.b` where it is relative. */
  readonly module: string
  /** What is taken out of the module; undefined where the module itself is imported. */
  readonly name: string | undefined
  /** What it is called in this file. */
  readonly bound: string
  readonly line: number
}

export interface Call {
  /** With the import's full name in front where it is known: `pandas.read_csv`; else as written: `model.fit`. */
  readonly name: string
  readonly line: number
  /** The arguments as written. */
  readonly args: string
  readonly within: string
}

interface Definition {
  readonly name: string
  readonly line: number
  /** Of a function its decorators, of a class its bases, as written. */
  readonly marks: readonly string[]
  readonly within: string
}

interface Assertion {
  readonly text: string
  readonly line: number
  readonly within: string
}

interface Text {
  readonly value: string
  readonly line: number
}

const LONGEST_STRING = 2000
const LONGEST_ARGUMENTS = 400

/** Reads Python of any version as well as it can: what cannot be parsed is skipped, and the rest is still found. */
export function readPython(source: string): PythonFacts {
  try {
    return parsePython(source)
  } catch (error) {
    // The parser is recursive: what is nested in thousands of brackets may exceed the stack.
    if (error instanceof RangeError) return readImports(source)
    throw error
  }
}

function parsePython(source: string): PythonFacts {
  const reader = new Reader(source)
  parser.parse(source).iterate({
    enter: (node) => reader.enter(node),
    leave: (node) => reader.leave(node),
  })
  return reader.facts()
}

const IMPORT = /^[ \t]*(from[ \t]+[.\w]+[ \t]+import[ \t]+(?:\([^)]*\)|[^\n]+)|import[ \t]+[^\n]+)/gm

const MAIN = /^if[ \t]+__name__[ \t]*==[ \t]*["']__main__["']/m

/** Only what a file imports and whether it can be run, by the form of its lines: for files not worth parsing. */
export function readImports(source: string): PythonFacts {
  const statements = source.match(IMPORT) ?? []
  const main = MAIN.exec(source)
  return {
    isParsed: false,
    imports: statements.flatMap((statement) => importsOf(statement.trim(), 1)),
    calls: [],
    functions: [],
    classes: [],
    asserts: [],
    strings: [],
    names: new Map(),
    main: main === null ? undefined : source.slice(0, main.index).split('\n').length,
  }
}

class Reader {
  readonly #source: string
  readonly #imports: Import[] = []
  readonly #calls: Call[] = []
  readonly #functions: Definition[] = []
  readonly #classes: Definition[] = []
  readonly #asserts: Assertion[] = []
  readonly #strings: Text[] = []
  readonly #names = new Map<string, number>()
  #main: number | undefined
  readonly #within: string[] = []
  #decorators: string[] = []
  #lineStart = 0
  #line = 1

  constructor(source: string) {
    this.#source = source
  }

  facts(): PythonFacts {
    const full = new Map(
      this.#imports.map(({ bound, module, name }) => {
        if (name !== undefined) return [bound, `${module}${module.endsWith('.') ? '' : '.'}${name}`]
        return [bound, module.startsWith(`${bound}.`) ? bound : module]
      }),
    )
    return {
      isParsed: true,
      imports: this.#imports,
      calls: this.#calls.map((call) => ({ ...call, name: fullName(call.name, full) })),
      functions: this.#functions,
      classes: this.#classes,
      asserts: this.#asserts,
      strings: this.#strings,
      names: this.#names,
      main: this.#main,
    }
  }

  /** Notes what a node says; false where nothing below it is of interest. */
  enter(node: SyntaxNodeRef): boolean {
    const { from, to } = node
    switch (node.name) {
      case 'ImportStatement':
        this.#imports.push(...importsOf(this.#text(from, to), this.#lineOf(from)))
        return false
      case 'CallExpression':
        this.#call(node)
        break
      case 'Decorator':
        this.#decorators.push(this.#text(from + 1, to).trim())
        break
      case 'FunctionDefinition':
        this.#define(this.#functions, node, this.#takeDecorators())
        break
      case 'ClassDefinition':
        this.#takeDecorators()
        this.#define(this.#classes, node, basesOf(this.#text(from, to)))
        break
      case 'AssertStatement':
        this.#asserts.push({ text: this.#text(from, to), line: this.#lineOf(from), within: this.#where() })
        break
      case 'String':
      case 'FormatString':
        // A docstring says what was meant, not what is done.
        if (node.node.parent?.name !== 'ExpressionStatement') this.#string(from, to)
        break
      case 'VariableName':
      case 'PropertyName':
        this.#name(from, to)
        break
      case 'IfStatement':
        this.#guard(from)
    }
    return true
  }

  leave(node: SyntaxNodeRef): void {
    if (node.name === 'FunctionDefinition' || node.name === 'ClassDefinition') this.#within.pop()
  }

  #call({ node, from }: SyntaxNodeRef): void {
    const callee = node.firstChild
    const list = node.getChild('ArgList')
    if (callee === null) return
    const name = this.#text(callee.from, callee.to)
    this.#calls.push({
      name: SIMPLE.test(name) ? name.replace(/\s+/g, '') : `?${/\.\s*(\w+)$/.exec(name)?.[0] ?? ''}`,
      line: this.#lineOf(from),
      args:
        list === null
          ? ''
          : this.#text(list.from + 1, Math.min(list.to - 1, list.from + 1 + LONGEST_ARGUMENTS)),
      within: this.#where(),
    })
  }

  #define(list: Definition[], { node, from }: SyntaxNodeRef, marks: readonly string[]): void {
    const name = node.getChild('VariableName')
    const text = name === null ? '' : this.#text(name.from, name.to)
    list.push({ name: text, line: this.#lineOf(from), marks, within: this.#where() })
    this.#within.push(text)
  }

  #string(from: number, to: number): void {
    if (to - from > LONGEST_STRING) return
    const value = this.#text(from, to)
      .replace(/^[a-zA-Z]*("""|'''|["'])/, '')
      .replace(/("""|'''|["'])$/, '')
    this.#strings.push({ value, line: this.#lineOf(from) })
  }

  #name(from: number, to: number): void {
    const name = this.#text(from, to)
    if (!this.#names.has(name)) this.#names.set(name, this.#lineOf(from))
  }

  #guard(from: number): void {
    const line = this.#text(from, from + 60)
    if (MAIN.test(line)) this.#main ??= this.#lineOf(from)
  }

  #takeDecorators(): readonly string[] {
    const taken = this.#decorators
    this.#decorators = []
    return taken
  }

  #where(): string {
    return this.#within.join('.')
  }

  #text(from: number, to: number): string {
    return this.#source.slice(from, to)
  }

  /** Nodes come in the order of the text, so the lines before one are counted once. */
  #lineOf(position: number): number {
    if (position < this.#lineStart) {
      this.#lineStart = 0
      this.#line = 1
    }
    for (let next = this.#source.indexOf('\n', this.#lineStart); next !== -1 && next < position; ) {
      this.#lineStart = next + 1
      this.#line += 1
      next = this.#source.indexOf('\n', this.#lineStart)
    }
    return this.#line
  }
}

const SIMPLE = /^[\w\s.]+$/

function fullName(name: string, full: ReadonlyMap<string, string>): string {
  const [head = '', ...rest] = name.split('.')
  const known = full.get(head)
  return known === undefined ? name : [known, ...rest].join('.')
}

/** The imports of one statement; parentheses and line breaks make no difference. */
function importsOf(statement: string, line: number): Import[] {
  const text = statement
    .replace(/#.*$/gm, '')
    .replace(/[()\\]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const from = /^from ([.\w ]+?) ?import (.+)$/.exec(text)
  const list = (from?.[2] ?? text.replace(/^import /, '')).split(',').map((part) => part.trim().split(' as '))
  return list.flatMap(([what = '', alias]) => {
    const name = what.trim()
    if (name === '') return []
    if (from === null)
      return [{ module: name, name: undefined, bound: (alias ?? name).trim(), line }].map(short)
    const module = (from[1] as string).replace(/ /g, '')
    return [{ module, name, bound: (alias ?? name).trim(), line }]
  })
}

/** `import a.b` binds `a`, and a use of `a.b` starts with it. */
function short(each: Import): Import {
  return each.bound === each.module ? { ...each, bound: each.module.split('.')[0] as string } : each
}

function basesOf(text: string): string[] {
  const bases = /^class\s+\w+\s*\(([^)]*)\)/.exec(text)?.[1]
  return bases === undefined ? [] : bases.split(',').map((base) => base.trim())
}
