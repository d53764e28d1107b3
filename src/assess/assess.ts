import { type Advice, advise } from '../advise/advise.ts'
import { LEVELS } from '../layers/level.ts'
import { type Answers, NO_ANSWERS } from './answers.ts'
import { CRITERIA } from './criteria/criteria.ts'
import type { Criterion } from './criteria/criterion.ts'
import type { Evidence } from './evidence.ts'
import { type Part, partsOf } from './parts.ts'
import { PEOPLE, type PeopleRow } from './people.ts'
import type { Repository } from './repository/repository.ts'
import {
  type DimensionScore,
  type Judged,
  machineryOf,
  overall,
  type Reached,
  scoreDimensions,
} from './score.ts'
import { TRAPS, type Trap } from './traps.ts'
import type { Outcome } from './trials.ts'

/** What was found out about one model. */
export interface PartAssessment {
  /** Its folder; empty where the repository holds one model. */
  readonly path: string
  readonly level: Reached
  /** How far the machinery goes, holes below or not. */
  readonly machinery: Reached
  readonly dimensions: readonly DimensionScore[]
  readonly judged: readonly Judged[]
  /** Python files that may matter and were too many to be looked at. */
  readonly skipped: number
  /** What was tried in a copy. */
  readonly outcomes: readonly Outcome[]
  readonly traps: readonly { readonly trap: Trap; readonly evidence: readonly Evidence[] }[]
}

export interface Assessment {
  /** What files show. */
  readonly level: Reached
  /** The same with what people say; undefined where nobody was asked. */
  readonly answered: Reached | undefined
  readonly parts: readonly PartAssessment[]
  readonly people: readonly { readonly row: PeopleRow; readonly answer: boolean | undefined }[]
  readonly advice: Advice | undefined
}

/** What was tried, by the path of the part. */
export type Outcomes = ReadonlyMap<string, readonly Outcome[]>

/** Judges a repository by what its files show; nothing in it is run. */
export function assessRepository(
  repository: Repository,
  answers: Answers = NO_ANSWERS,
  outcomes: Outcomes = new Map(),
): Assessment {
  const parts = partsOf(repository).map((part) => assessPart(part, answers, outcomes.get(part.path) ?? []))
  const level = Math.min(...parts.map((part) => part.level)) as Reached
  return {
    level,
    answered: answers.people.size + answers.criteria.size === 0 ? undefined : answeredLevel(parts, answers),
    parts,
    people: PEOPLE.map((row) => ({ row, answer: answers.people.get(row.id) })),
    advice: answers.situation === undefined ? undefined : advise(answers.situation),
  }
}

function assessPart(
  { path, repository }: Part,
  answers: Answers,
  outcomes: readonly Outcome[],
): PartAssessment {
  const judged = CRITERIA.map((criterion): Judged => {
    const { found, run = [], lacking, against = [] } = criterion.look(repository)
    const tried = outcomes.find(
      ({ trial, worked }) => worked !== null && trial.criteria.includes(criterion.id),
    )
    if (tried !== undefined && found.length > 0) return triedOut(criterion, tried, found, answers)
    return {
      criterion,
      score: found.length === 0 ? 0 : run.length > 0 ? 1 : 0.5,
      evidence: found.length > 0 ? [...found, ...run] : against,
      lacking: found.length > 0 ? undefined : lacking,
      answer: answers.criteria.get(criterion.id),
    }
  })
  const dimensions = scoreDimensions(judged)
  const traps = TRAPS.map((trap) => ({ trap, evidence: trap.look(repository) }))
  return {
    path,
    level: overall(dimensions),
    machinery: machineryOf(dimensions),
    dimensions,
    judged,
    skipped: repository.skipped,
    outcomes,
    traps: traps.filter(({ evidence }) => evidence.length > 0),
  }
}

/** What works counts in full, and what does not work counts for nothing. */
function triedOut(
  criterion: Criterion,
  { trial, worked, said }: Outcome,
  found: readonly Evidence[],
  answers: Answers,
): Judged {
  return {
    criterion,
    score: worked === true ? 1 : 0,
    evidence: found,
    lacking: worked === true ? undefined : `${trial.command.join(' ')} fails: ${said}`,
    answer: answers.criteria.get(criterion.id),
  }
}

/** The weakest dimension again, with the answers in place of what files show, and the people as one more dimension. */
function answeredLevel(parts: readonly PartAssessment[], answers: Answers): Reached {
  const levels = parts.map(({ judged }) =>
    overall(
      scoreDimensions(
        judged.map((each) => (each.answer === undefined ? each : { ...each, score: each.answer ? 0.5 : 0 })),
      ),
    ),
  )
  const people = answers.people.size === 0 ? [] : [peopleLevel(answers)]
  return Math.min(...levels, ...people) as Reached
}

function peopleLevel(answers: Answers): Reached {
  const missing = LEVELS.find((level) =>
    PEOPLE.some((row) => row.level === level && answers.people.get(row.id) !== true),
  )
  return missing === undefined ? 5 : ((missing - 1) as Reached)
}
