import type { Evidence } from '../assess/evidence.ts'
import type { Fact, Facts } from '../facts/facts.ts'
import type { OwnCode } from '../project/own.ts'
import { placeOf } from './assessment.ts'
import type { Output } from './output.ts'
import { oneLine, pad, shorten } from './text.ts'

const SHOWN = 4

/** What a repository is made of, each fact with where it was seen. */
export function formatFacts(facts: Facts, output: Output): string {
  const rows: (readonly [string, string, Evidence])[] = [
    ...of('environment', facts.environment === undefined ? [] : [facts.environment]),
    ...of('package', facts.packages),
    ...of('training', facts.training),
    ...of('prediction', facts.prediction),
    ...of('framework', facts.frameworks),
    ...of('saved model', facts.models),
    ...of('data', facts.data),
    ...of('tests', facts.tests === undefined ? [] : [facts.tests]),
    ...of('there already', facts.tools),
  ]
  const width = Math.max(0, ...rows.map(([, value]) => oneLine(value).length))
  return rows
    .map(([name, value, evidence]) => {
      const text = `  ${pad(name, 14)}${pad(shorten(oneLine(value), 40), Math.min(width, 40))}`
      const place =
        evidence.path === '--fact' ? evidence.what : value === evidence.path ? '' : oneLine(placeOf(evidence))
      return `${text}  ${output.style('dim', shorten(place, Math.max(20, output.width - text.length - 2)))}`.trimEnd()
    })
    .join('\n')
}

function of(name: string, facts: readonly Fact<string>[]): (readonly [string, string, Evidence])[] {
  const rows = facts
    .slice(0, SHOWN)
    .map(({ value, evidence }, i) => [i === 0 ? name : '', value, evidence] as const)
  const rest = facts.length - SHOWN
  const last = facts[SHOWN]
  return rest > 0 && last !== undefined ? [...rows, ['', `… and ${rest} more`, last.evidence]] : rows
}

/** How the user's own code is going to be called. */
export function formatOwnCode(own: OwnCode, output: Output): string {
  const rows: readonly (readonly [string, string | null])[] = [
    ['training', own.train],
    ['data', own.data],
    ['reads', own.reads === null ? null : `${own.reads}, in a copy of the code replaced by the file above`],
    [
      'fill_up',
      own.fill_up ? 'true: it parts the rows at a fixed number, so there have to be as many' : null,
    ],
    ['model', own.model],
    ['prediction', own.predict ?? 'the model, as it is loaded'],
    ...(own.predict === null ? ([['features', own.features]] as const) : []),
    ['code', own.code.join(', ')],
    ['requirements', own.requirements.join(', ')],
    ['python', own.python],
  ]
  return rows
    .filter(([, value]) => value !== null && value !== '')
    .map(
      ([name, value]) =>
        `  ${pad(name, 14)}${shorten(oneLine(value as string), Math.max(20, output.width - 16))}`,
    )
    .join('\n')
}
