/** What the fitting level depends on. */
export interface Situation {
  /** Models in use, or soon. */
  readonly models: number
  /** How often a new model goes into use, a year. */
  readonly releases: number
  /** Predictions a day. */
  readonly requests: number
  /** Days until it is known what really happened; infinite where it never is. */
  readonly labelDelay: number
  /** What a month of bad predictions costs. */
  readonly errorCost: Cost
  /** What it costs to train again: labels, compute, people who look at it. */
  readonly retrainCost: Cost
  /** People who build and run it. */
  readonly team: number
}

const COSTS = ['low', 'medium', 'high'] as const
type Cost = (typeof COSTS)[number]

/** One question of `advise`: its flag, its name in an answers file, and what is asked. */
export interface Question {
  readonly key: keyof Situation
  readonly flag: string
  readonly value: string
  readonly message: string
  readonly help: string
  /** Undefined where the text is no answer. */
  readonly parse: (text: string) => Situation[keyof Situation] | undefined
  readonly expected: string
  readonly initial: string
}

const count = (least: number) => (text: string) => {
  const number = Number(text)
  return text.trim() !== '' && Number.isFinite(number) && number >= least ? number : undefined
}
const cost = (text: string) => COSTS.find((each) => each === text)

export const QUESTIONS: readonly Question[] = [
  {
    key: 'models',
    flag: 'models',
    value: 'N',
    message: 'How many models are in use, or will be within a year?',
    help: 'models in use, or soon',
    parse: count(0),
    expected: 'a number such as 1',
    initial: '1',
  },
  {
    key: 'releases',
    flag: 'releases',
    value: 'N',
    message: 'How many times a year does a new model go into use?',
    help: 'new models that go into use, a year',
    parse: count(0),
    expected: 'a number such as 4',
    initial: '2',
  },
  {
    key: 'requests',
    flag: 'requests',
    value: 'N',
    message: 'How many predictions are made a day?',
    help: 'predictions a day',
    parse: count(0),
    expected: 'a number such as 1000',
    initial: '1000',
  },
  {
    key: 'labelDelay',
    flag: 'label-delay',
    value: 'DAYS|never',
    message: 'After how many days is it known what really happened? ("never" where it is not)',
    help: 'days until the actual value is known, or never',
    parse: (text) => (text === 'never' ? Number.POSITIVE_INFINITY : count(0)(text)),
    expected: 'a number of days, or never',
    initial: '30',
  },
  {
    key: 'errorCost',
    flag: 'error-cost',
    value: COSTS.join('|'),
    message: 'What does a month of bad predictions cost: low, medium or high?',
    help: 'what a month of bad predictions costs',
    parse: cost,
    expected: COSTS.join(', '),
    initial: 'medium',
  },
  {
    key: 'retrainCost',
    flag: 'retrain-cost',
    value: COSTS.join('|'),
    message: 'What does training again cost, with labels, compute and people: low, medium or high?',
    help: 'what training again costs, people and labels too',
    parse: cost,
    expected: COSTS.join(', '),
    initial: 'medium',
  },
  {
    key: 'team',
    flag: 'team',
    value: 'N',
    message: 'How many people build and run it?',
    help: 'people who build and run it',
    parse: count(1),
    expected: 'a number of people, at least 1',
    initial: '1',
  },
]

/** Answers by question. */
export type Given = ReadonlyMap<Question, Situation[keyof Situation]>

/** The situation that all answers together describe. */
export function situationFrom(answers: Given): Situation {
  return Object.fromEntries([...answers].map(([{ key }, answer]) => [key, answer])) as unknown as Situation
}
