import { type ColumnProfile, type Draft, mayBeCodes, profileColumn } from './columns/profile-column.ts'
import type { Source } from './contract.ts'
import { type Finding, info, quoted, thousands, warning } from './finding.ts'

/** A data file, before it is settled what is to be learnt from it. */
export interface ColumnsProfile {
  readonly source: Source
  readonly rows: number
  /** Whether types and leaks are decided from a part of the rows. */
  readonly sampled: boolean
  readonly columns: readonly ColumnProfile[]
  /** What is to be said about the file and its columns. */
  readonly findings: readonly Finding[]
}

interface CountedTable {
  readonly source: Source
  readonly rows: number
  readonly sampled: boolean
  readonly drafts: readonly Draft[]
}

/** Describes a table whose columns have been counted. */
export function describeTable({ source, rows, sampled, drafts }: CountedTable): ColumnsProfile {
  const columns = drafts.map((draft) => profileColumn(draft, rows))
  const missing = new Set(['', ...drafts.flatMap(({ tally }) => [...tally.missingSpellings])])
  const described = { source: { ...source, missing: [...missing] }, rows, sampled, columns }
  return {
    ...described,
    findings: [
      ...sourceFindings(described),
      ...columns.flatMap(({ findings }) => findings),
      ...codeFindings(columns),
    ],
  }
}

function sourceFindings({
  source,
  rows,
  sampled,
}: Pick<ColumnsProfile, 'source' | 'rows' | 'sampled'>): Finding[] {
  const findings: Finding[] = []
  if (!source.header) {
    findings.push(
      warning('the first line holds values, no names: the columns are called column_1, column_2, …'),
    )
  }
  if (!source.encoding.startsWith('utf')) {
    findings.push(info(`the text is not UTF-8; its letters are read as ${source.encoding}`))
  }
  if (source.decimal === ',' || source.thousands !== '') {
    const example = `1${source.thousands}234${source.decimal}5`
    findings.push(info(`numbers are written like ${example}`))
  }
  const spelled = source.missing.filter((text) => text !== '')
  if (spelled.length > 0) findings.push(info(`read as missing: ${spelled.map(quoted).join(', ')}`))
  if (sampled)
    findings.push(
      info(`types were decided from a sample of the ${thousands(rows)} rows, then checked on all`),
    )
  return findings
}

function codeFindings(columns: readonly ColumnProfile[]): Finding[] {
  const names = columns.filter(mayBeCodes).map(({ column }) => column.name)
  if (names.length === 0) return []
  const some = names.slice(0, 5).map(quoted).join(', ')
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return [
    info(
      `numbers of few values are kept as numbers: ${some}${more}; --type COLUMN=categorical if they are codes`,
    ),
  ]
}
