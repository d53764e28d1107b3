import { planUndo, type UndoPlan, undo as undoLast } from '../apply/undo.ts'
import { EXIT, type ExitCode, usageError } from '../errors.ts'
import type { Parsed } from '../flags.ts'
import { forgetConflicts } from '../project/git.ts'
import type { Context } from './context.ts'
import { settleUnfinished } from './settle-unfinished.ts'

/** Brings back the exact bytes from before the last apply; again, from before the one before it. */
export async function undo(_parsed: Parsed, context: Context): Promise<ExitCode> {
  const { cwd, output, conflicts, dryRun } = context
  if (conflicts === 'theirs' || conflicts === 'markers')
    throw usageError(`undo cannot settle conflicts with "${conflicts}"`, 'Only --conflicts mine is possible.')
  settleUnfinished(cwd, context)
  const plan = planUndo(cwd)
  output.print(describe(plan))
  output.result({ dryRun, ...plan })
  if (dryRun) {
    output.print('\nThis was a dry run: nothing was written.')
    return plan.conflicts.length > 0 && conflicts === 'stop' ? EXIT.conflicts : EXIT.ok
  }
  undoLast(cwd, { conflicts })
  await forgetConflicts(
    cwd,
    plan.changes.map(({ path }) => path),
  )
  output.print(`\nUndone: ${plan.title}`)
  return EXIT.ok
}

function describe({ title, at, changes, conflicts }: UndoPlan): string {
  const rows = [
    ...changes.map(({ kind, path }) => `  ${kind.padEnd(10)}  ${path}`),
    ...conflicts.map((path) => `  ${'CONFLICT'.padEnd(10)}  ${path}  changed since`),
  ]
  return `Undo of "${title}" (${at.slice(0, 16).replace('T', ' ')} UTC)\n${rows.join('\n')}`
}
