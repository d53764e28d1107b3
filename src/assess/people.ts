import type { LevelNumber } from '../layers/level.ts'

/** What files cannot show. It is asked, in an answers file, and never guessed. */
export interface PeopleRow {
  readonly id: string
  readonly level: LevelNumber
  readonly question: string
}

/** After the people rows of Microsoft's maturity model. */
export const PEOPLE: readonly PeopleRow[] = [
  { id: 'P1', level: 1, question: 'Does one named person answer for the model?' },
  { id: 'P2', level: 2, question: 'Could somebody else than its author run and change it today?' },
  {
    id: 'P3',
    level: 3,
    question: 'Do those who build models and those who run software work on one repository?',
  },
  {
    id: 'P4',
    level: 4,
    question: 'Does the team that builds the model also release it, without handing it over?',
  },
  {
    id: 'P5',
    level: 5,
    question: 'Do the same people decide, from the metrics of production, what to improve next?',
  },
]
