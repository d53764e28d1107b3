import { styleText } from 'node:util'
import type { Contract } from '../data/contract.ts'
import { type Finding, percent, quoted, thousands } from '../data/finding.ts'
import type { Profile } from '../data/settle-task.ts'
import { columnLines } from './findings-table.ts'
import type { Style } from './output.ts'
import { oneLine, wrap } from './text.ts'

export interface FindingsOptions {
  readonly colour: boolean
  readonly width: number
}

const MOST_CLASSES = 6
const LABEL_WIDTH = 11

const SEVERITIES: Record<Finding['severity'], { readonly label: string; readonly style: Style }> = {
  info: { label: 'note', style: 'dim' },
  warning: { label: 'warning', style: 'yellow' },
  leak: { label: 'LEAK', style: ['red', 'bold'] },
}

type Paint = (style: Style | undefined, text: string) => string

/** What was found in a data file, for people: its columns, the task, and what they must know, leaks last. */
export function formatFindings(profile: Profile, { colour, width }: FindingsOptions): string {
  const paint: Paint = (style, text) =>
    colour && style !== undefined ? styleText(style, text, { validateStream: false }) : text
  const table = columnLines(profile, width).map(({ text, style }) => paint(style, text))
  const goal = goalLines(profile).flatMap(([label, text]) => labelled(label, text, width, 'bold', paint))
  const findings = (['info', 'warning', 'leak'] as const).flatMap((severity) =>
    profile.findings
      .filter((finding) => finding.severity === severity)
      .flatMap((finding) => {
        const { label, style } = SEVERITIES[severity]
        return labelled(label, sentence(finding), width, style, paint)
      }),
  )
  const parts = [[paint('bold', headline(profile.contract))], table, goal, findings]
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function headline({ source, rows, columns }: Contract): string {
  const file = source.path.split('/').at(-1) ?? source.path
  return `${oneLine(file)}: ${thousands(rows)} rows, ${thousands(columns.length)} columns`
}

function goalLines({ contract, reason }: Profile): [label: string, text: string][] {
  const { task, target, classes, positive, time } = contract
  const what = task === 'regression' ? task : `${task} classification`
  return [
    ['task', `${what} of ${quoted(target)}: ${reason}`],
    ...(classes === undefined ? [] : [['classes', balance(classes, positive)] as [string, string]]),
    ['time', time === null ? 'none: rows are split at random' : `${quoted(time)}: rows are split by it`],
  ]
}

function balance(classes: NonNullable<Contract['classes']>, positive: string | undefined): string {
  const some = classes
    .slice(0, MOST_CLASSES)
    .map(({ value, share }) => `${quoted(value)} ${percent(share)}${value === positive ? ' (positive)' : ''}`)
  const more = classes.length - some.length
  return more > 0 ? `${some.join(', ')} and ${more} more` : some.join(', ')
}

function sentence({ column, message }: Finding): string {
  const about = column === undefined || message.startsWith(quoted(column)) ? '' : `${quoted(column)}: `
  return oneLine(`${about}${message}`)
}

function labelled(label: string, text: string, width: number, style: Style, paint: Paint): string[] {
  const indent = ' '.repeat(LABEL_WIDTH)
  return wrap(oneLine(text), width - LABEL_WIDTH).map((line, i) =>
    i === 0 ? `${paint(style, `  ${label}`.padEnd(LABEL_WIDTH))}${line}` : indent + line,
  )
}
