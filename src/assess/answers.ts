import { parseDocument } from 'yaml'
import { QUESTIONS, type Situation } from '../advise/situation.ts'
import { KnownError } from '../errors.ts'
import { suggestion } from '../nearest.ts'
import { CRITERIA } from './criteria/criteria.ts'
import { PEOPLE } from './people.ts'

/** What people say about the repository. */
export interface Answers {
  /** By id of a people row. */
  readonly people: ReadonlyMap<string, boolean>
  /** By id of a criterion: it holds although no file shows it, or does not although one seems to. */
  readonly criteria: ReadonlyMap<string, boolean>
  /** Complete, or nothing. */
  readonly situation: Situation | undefined
}

export const NO_ANSWERS: Answers = { people: new Map(), criteria: new Map(), situation: undefined }

/**
 * Reads an answers file: `people` and `criteria` by id with yes or no, and `situation` with the questions of `advise`.
 *
 * @throws KnownError that names the field which is wrong
 */
export function parseAnswers(text: string, file: string): Answers {
  // YAML 1.1 reads yes and no as true and false.
  const document = parseDocument(text, { version: '1.1' })
  const mistake = document.errors[0]
  if (mistake !== undefined) throw wrong(file, mistake.message.split('\n')[0] as string)
  const data = (document.toJS() ?? {}) as Record<string, unknown>
  for (const key of Object.keys(data))
    if (!['people', 'criteria', 'situation'].includes(key))
      throw wrong(file, `"${key}" is unknown, expected people, criteria or situation`)
  return {
    people: truths(
      data.people,
      file,
      'people',
      PEOPLE.map(({ id }) => id),
    ),
    criteria: truths(
      data.criteria,
      file,
      'criteria',
      CRITERIA.map(({ id }) => id),
    ),
    situation: data.situation === undefined ? undefined : situationOf(data.situation, file),
  }
}

function truths(value: unknown, file: string, field: string, ids: readonly string[]): Map<string, boolean> {
  const entries = Object.entries(mapping(value ?? {}, file, field))
  for (const [id, answer] of entries) {
    if (!ids.includes(id)) throw wrong(file, `${field}.${id} is unknown${suggestion(id, ids)}`)
    if (typeof answer !== 'boolean')
      throw wrong(file, `${field}.${id} is ${JSON.stringify(answer)}, expected yes or no`)
  }
  return new Map(entries as [string, boolean][])
}

function situationOf(value: unknown, file: string): Situation {
  const given = mapping(value, file, 'situation')
  const names = QUESTIONS.map(({ flag }) => flag)
  for (const name of Object.keys(given))
    if (!names.includes(name)) throw wrong(file, `situation.${name} is unknown${suggestion(name, names)}`)
  const answers = QUESTIONS.map(({ key, flag, parse, expected }) => {
    const answer = given[flag] === undefined ? undefined : parse(String(given[flag]))
    if (answer === undefined)
      throw wrong(
        file,
        `situation.${flag} is ${JSON.stringify(given[flag]) ?? 'missing'}, expected ${expected}`,
      )
    return [key, answer]
  })
  return Object.fromEntries(answers) as Situation
}

function mapping(value: unknown, file: string, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(file, `${field} is no mapping`)
  return value as Record<string, unknown>
}

function wrong(file: string, problem: string): KnownError {
  return new KnownError(`${file}: ${problem}`, { hint: 'create-mlops assess --help shows an answers file.' })
}
