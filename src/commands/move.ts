import fs from 'node:fs'
import { version } from '../../package.json'
import { applyPlan, refuseConflicts } from '../apply/apply.ts'
import type { Catalog } from '../layers/catalog.ts'
import type { Answer, Change } from '../plan/change.ts'
import type { Copy } from '../plan/copies.ts'
import { readDisk } from '../plan/disk.ts'
import type { FormatMerge } from '../plan/item.ts'
import { type Plan, planMove } from '../plan/plan.ts'
import { recordConflicts, refuseDirty } from '../project/git.ts'
import type { Lock } from '../project/lock.ts'
import { type Desired, renderProject } from '../render/project.ts'
import type { Open } from '../ui/conflicts.ts'
import { diffsOf, formatDiffs } from '../ui/diff.ts'
import { formatPlan, isWrite, planAsJson } from '../ui/plan-table.ts'
import { type Context, isAsking } from './context.ts'

/** Where a project is to go. */
export interface Move {
  /** What the user asked for, e.g. `upgrade to level 2`; `undo` names it again. */
  readonly title: string
  readonly root: string
  readonly catalog: Catalog
  readonly base: Lock | null
  readonly desired: Desired
  /** Large files of the user's that are copied into the project. */
  readonly copies?: readonly Copy[]
  /** Deleted files that are wanted back. */
  readonly restore?: readonly string[]
  /** Old path → new path, for generated files that the user has moved. */
  readonly moves?: Readonly<Record<string, string>>
}

export interface Moved {
  readonly plan: Plan
  readonly applied: boolean
}

/**
 * The one operation: render, plan, show, apply. A dry run shares every step but the last.
 *
 * @throws KnownError with exit code 3 when conflicts are left open; nothing has been applied then
 */
export async function move(move: Move, context: Context): Promise<Moved> {
  const planWith = planner(move, context)
  let plan = await planWith(new Map())
  const questions = isAsking(context) ? plan.changes.filter(isOpen) : []
  if (questions.length > 0) {
    const { askAboutConflicts } = await import('../ui/conflicts.ts')
    plan = await planWith(await askAboutConflicts(questions, context.output))
  }
  await show(plan.changes, context)
  refuseConflicts(plan)
  if (context.dryRun || !(await isConfirmed(plan, context))) return { plan, applied: false }
  if (!context.allowDirty) await refuseDirty(move.root, plan)
  applyPlan(move.root, plan, { title: move.title })
  await recordConflicts(move.root, plan)
  return { plan, applied: true }
}

function planner(move: Move, context: Context): (resolutions: ReadonlyMap<string, Answer>) => Promise<Plan> {
  const { root, catalog, desired, base, moves, copies = [], restore = [] } = move
  const theirs = renderProject(catalog, desired)
  const renames = new Map(catalog.levels.flatMap((level) => Object.entries(level.renames)))
  return (resolutions) =>
    withFormats((formatMerge) =>
      planMove({
        version,
        base,
        theirs,
        disk: readDisk(fs, root),
        renames,
        moves: new Map(Object.entries(moves ?? {})),
        copies,
        conflicts: context.conflicts,
        resolutions,
        restore,
        formatMerge,
      }),
    )
}

/** Merging TOML, YAML and JSON takes large libraries, so they are loaded when a plan turns out to ask for them. */
async function withFormats(planWith: (formatMerge: FormatMerge) => Plan): Promise<Plan> {
  let isAsked = false
  const plan = planWith(() => {
    isAsked = true
    return null
  })
  if (!isAsked) return plan
  const { formatMerge } = await import('../plan/formats/index.ts')
  return planWith(formatMerge)
}

async function show(changes: readonly Change[], context: Context): Promise<void> {
  const { output, diff, dryRun } = context
  output.print(`\n${formatPlan(changes, output)}\n`)
  if (diff) output.print(await formatDiffs(diffsOf(changes), output))
  if (dryRun) output.print('This was a dry run: nothing was written.')
  output.result({ dryRun, changes: planAsJson(changes) })
}

async function isConfirmed(plan: Plan, context: Context): Promise<boolean> {
  if (!isAsking(context) || !plan.changes.some(isWrite)) return true
  const { default: inquirer } = await import('inquirer')
  const { go } = await inquirer.prompt([{ type: 'confirm', name: 'go', message: 'Do this?', default: true }])
  if (!go) context.output.note('Nothing was changed.')
  return go
}

/** A conflict, or a change that was declined before and is offered again. */
function isOpen(change: Change): change is Open {
  return change.kind === 'conflict' || (change.kind === 'pending' && change.ownership === 'managed')
}
