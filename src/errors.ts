/** The exit codes of every command; nothing below the entry calls `process.exit`. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  conflicts: 3,
  unfinished: 4,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/**
 * A failure that the user can do something about. It is printed as `message` and `hint`, without a stack;
 * any other error is a bug of ours and keeps its stack.
 */
export class KnownError extends Error {
  override readonly name = 'KnownError'
  readonly exitCode: ExitCode
  readonly hint: string | undefined

  constructor(message: string, options: { exitCode?: ExitCode; hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.exitCode = options.exitCode ?? EXIT.error
    this.hint = options.hint
  }
}

/** A wrong flag, argument or answer. */
export function usageError(message: string, hint?: string): KnownError {
  return new KnownError(message, { exitCode: EXIT.usage, ...(hint === undefined ? {} : { hint }) })
}
