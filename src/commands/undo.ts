import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { planUndo, type UndoPlan, undo as undoLast } from '../apply/undo.ts'
import { EXIT, type ExitCode, usageError } from '../errors.ts'
import type { Parsed } from '../flags.ts'
import { LARGEST_HELD } from '../plan/disk.ts'
import { forgetConflicts } from '../project/git.ts'
import { type FileDiff, formatDiffs, type Side } from '../ui/diff.ts'
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
  if (context.diff)
    output.print(
      `\n${await formatDiffs(
        plan.changes.map((change) => diffOf(cwd, change)),
        output,
      )}`,
    )
  output.result({ dryRun, ...plan, changes: plan.changes.map(({ kind, path }) => ({ kind, path })) })
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

function diffOf(root: string, { path, kind, kept }: UndoPlan['changes'][number]): FileDiff {
  const before = kind === 'bring back' ? 'absent' : readSide(join(root, path))
  return { path, before, after: kept === null ? 'absent' : readSide(kept) }
}

function readSide(file: string): Side {
  return statSync(file).size > LARGEST_HELD ? 'too large' : readFileSync(file)
}

function describe({ title, at, changes, conflicts }: UndoPlan): string {
  const rows = [
    ...changes.map(({ kind, path }) => `  ${kind.padEnd(10)}  ${path}`),
    ...conflicts.map((path) => `  ${'CONFLICT'.padEnd(10)}  ${path}  changed since`),
  ]
  return `Undo of "${title}" (${at.slice(0, 16).replace('T', ' ')} UTC)\n${rows.join('\n')}`
}
