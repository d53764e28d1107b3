import type { Output } from '../ui/output.ts'

export const CONFLICT_ANSWERS = ['mine', 'theirs', 'markers'] as const

/** What every command is given besides its own flags. */
export interface Context {
  /** Absolute; nothing below reads `process.cwd()`. */
  readonly cwd: string
  readonly output: Output
  readonly dryRun: boolean
  /** Show the plan as contents too. */
  readonly diff: boolean
  readonly yes: boolean
  readonly allowDirty: boolean
  readonly conflicts: (typeof CONFLICT_ANSWERS)[number] | 'stop'
}

/** Whether what is not known can be asked. */
export function isAsking({ output, yes }: Context): boolean {
  return output.interactive && !yes
}
