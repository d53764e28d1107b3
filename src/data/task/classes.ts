import type { ColumnProfile } from '../columns/profile-column.ts'
import type { Contract, Task } from '../contract.ts'
import { type Finding, percent, quoted, thousands, warning } from '../finding.ts'

const SCARCE = 10
const IMBALANCE = 0.1

const POSITIVE = new Set(
  'true t yes y on positive pos bad default fraud churn churned success won failure failed spam sick ill malignant left >50k'.split(
    ' ',
  ),
)

type Classes = NonNullable<Contract['classes']>

/** The classes of a target and their shares, the most frequent first. */
export function classesOf({ draft }: ColumnProfile): Classes {
  const { tally } = draft
  return tally.counts().map(({ value, count }) => ({ value, share: count / tally.present }))
}

/** The class that a binary task is about: the larger number, the one with a telling name, or the rarer one. */
export function positiveClass(classes: Classes): string {
  const numbers = classes.map(({ value }) => Number(value))
  if (!numbers.some(Number.isNaN)) return classes[numbers.indexOf(Math.max(...numbers))]?.value ?? ''
  const named = classes.filter(({ value }) => POSITIVE.has(value.trim().toLowerCase()))
  return (named.length === 1 ? named[0] : classes.at(-1))?.value ?? ''
}

/** What to know about the rows that can be learnt from. */
export function targetFindings(target: ColumnProfile, task: Task, rows: number): Finding[] {
  const { name, draft } = target
  const findings: Finding[] = []
  if (draft.tally.missing > 0) {
    findings.push(
      warning(
        `missing in ${thousands(draft.tally.missing)} of ${thousands(rows)} rows: nothing is learnt from them`,
        name,
      ),
    )
  }
  if (task === 'regression') return findings
  const counts = draft.tally.counts()
  const scarce = counts.filter(({ count }) => count < SCARCE)
  for (const { value, count } of scarce.slice(0, 3)) {
    findings.push(
      warning(
        `the class ${quoted(value)} has ${count} ${count === 1 ? 'row' : 'rows'}, too few to learn it`,
        name,
      ),
    )
  }
  const rarest = (counts.at(-1)?.count ?? 0) / draft.tally.present
  if (task === 'binary' && rarest < IMBALANCE) {
    findings.push(
      warning(
        `imbalanced: ${percent(rarest)} are ${quoted(counts.at(-1)?.value ?? '')}; accuracy would mislead`,
        name,
      ),
    )
  }
  return findings
}
