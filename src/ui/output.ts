import { stripVTControlCharacters, styleText } from 'node:util'
import type { KnownError } from '../errors.ts'

export type Style = Parameters<typeof styleText>[0]

/** Where a command's words go. Results go to standard output, everything else to standard error. */
export interface Output {
  readonly colour: boolean
  /** Whether questions can be asked. */
  readonly interactive: boolean
  readonly json: boolean
  readonly width: number
  /** A part of the result, for people; silent when the result is JSON. */
  print(text: string): void
  /** A part of the result for programs: a list, or fields of one object. */
  result(value: object): void
  /** Prints the result for programs as one document; silent unless JSON is wanted. */
  finish(): void
  /** A passing remark or a warning. */
  note(text: string): void
  style(style: Style, text: string): string
}

export interface Terminal {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly stdin: NodeJS.ReadStream
  readonly env: NodeJS.ProcessEnv
}

export function makeOutput(terminal: Terminal, json: boolean): Output {
  const { stdout, stderr, env } = terminal
  const inCi = isSet(env.CI)
  const colour = stdout.isTTY === true && !isSet(env.NO_COLOR) && !inCi && env.TERM !== 'dumb' && !json
  let document: object | undefined
  return {
    colour,
    // Only looking at standard input opens it, which costs a program that asks nothing.
    interactive: stdout.isTTY === true && !inCi && !json && terminal.stdin.isTTY === true,
    json,
    width: stdout.isTTY ? Math.max(60, stdout.columns ?? 100) : 100,
    print: (text) => {
      if (!json) stdout.write(`${text}\n`)
    },
    result: (value) => {
      document = Array.isArray(value) ? value : { ...document, ...value }
    },
    finish: () => {
      if (json && document !== undefined) stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    },
    note: (text) => {
      stderr.write(`${text}\n`)
    },
    style: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
  }
}

/** Prints a failure that the user can do something about. */
export function printKnownError(output: Output, error: KnownError): void {
  output.note(`${output.style(['red', 'bold'], 'error')}: ${printable(error.message)}`)
  if (error.hint !== undefined) output.note(`  ${printable(error.hint).replaceAll('\n', '\n  ')}`)
  output.result({ error: { message: error.message, hint: error.hint, exitCode: error.exitCode } })
}

/** Text from outside, without anything that would move a terminal's cursor. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, (char) =>
    char === '\n' || char === '\t' ? char : '�',
  )
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0'
}
