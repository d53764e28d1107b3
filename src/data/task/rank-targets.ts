import { nameWords } from '../columns/names.ts'
import type { ColumnProfile } from '../columns/profile-column.ts'

const TARGET_WORDS = new Set(
  'target label class y outcome response result churn churned default fraud survived price sales demand revenue quality species diagnosis status attrition'.split(
    ' ',
  ),
)
const QUANTITY_WORDS = new Set('count cnt amount total value score rating is has cost'.split(' '))

/** The columns by how likely a person wants to predict them. */
export function rankByTarget(columns: readonly ColumnProfile[]): ColumnProfile[] {
  return columns
    .filter(({ column }) => column.type !== 'ignore')
    .map((profile, i, all) => ({ profile, score: likelihood(profile, i === all.length - 1) }))
    .sort((a, b) => b.score - a.score)
    .map(({ profile }) => profile)
}

function likelihood({ name, column }: ColumnProfile, isLast: boolean): number {
  const words = nameWords(name)
  const sounds = (known: ReadonlySet<string>) => words.some((word) => known.has(word))
  const byName = sounds(TARGET_WORDS) ? 4 : sounds(QUANTITY_WORDS) ? 1 : 0
  const byPlace = isLast ? 3 : 0
  const byType = {
    boolean: 1,
    numeric: 0.5,
    categorical: column.distinct <= 20 ? 0.5 : -2,
    date: -4,
    text: -6,
    id: -8,
    ignore: -8,
  }
  return byName + byPlace + byType[column.type]
}
