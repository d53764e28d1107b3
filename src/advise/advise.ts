import type { LevelNumber } from '../layers/level.ts'
import type { Situation } from './situation.ts'

export interface Advice {
  readonly level: LevelNumber
  /** Why not a lower level. */
  readonly reasons: readonly string[]
  /** Why not a higher level, although something asks for it. */
  readonly limits: readonly string[]
  /** What belongs to higher levels, and when it would be due. */
  readonly notYet: readonly NotYet[]
}

interface NotYet {
  readonly level: LevelNumber
  readonly what: string
  readonly until: string
}

interface Signal {
  readonly level: LevelNumber
  readonly when: (situation: Situation) => boolean
  readonly because: (situation: Situation) => string
}

/** What asks for a level. */
const REASONS: readonly Signal[] = [
  {
    level: 2,
    when: ({ team }) => team >= 2,
    because: ({ team }) =>
      `${team} people work on it, so what one changes must not break what another relies on`,
  },
  {
    level: 2,
    when: ({ releases }) => releases > 4,
    because: ({ releases }) => `${releases} releases a year are too many to repeat by hand without mistakes`,
  },
  {
    level: 2,
    when: ({ models }) => models >= 2,
    because: ({ models }) => `${models} models share data, which has to be collected the same way for each`,
  },
  {
    level: 2,
    when: ({ errorCost }) => errorCost === 'high',
    because: () => 'bad predictions are expensive, so tests have to stand before each change',
  },
  {
    level: 3,
    when: ({ releases }) => releases >= 12,
    because: ({ releases }) =>
      `with ${releases} releases a year it will be asked which data and code made which model`,
  },
  {
    level: 3,
    when: ({ models }) => models >= 3,
    because: ({ models }) => `${models} models need one place that knows their versions`,
  },
  {
    level: 3,
    when: ({ requests }) => requests >= 10_000,
    because: ({ requests }) =>
      `${thousands(requests)} predictions a day come from a service that has to be watched`,
  },
  {
    level: 3,
    when: ({ errorCost, team }) => errorCost === 'high' && team >= 2,
    because: () => 'bad predictions are expensive, so going back to the model before has to take minutes',
  },
  {
    level: 4,
    when: ({ releases }) => releases >= 24,
    because: ({ releases }) =>
      `with ${releases} releases a year, releasing by hand costs more than automating it`,
  },
  {
    level: 4,
    when: ({ models }) => models >= 10,
    because: ({ models }) => `${models} models cannot be released by hand`,
  },
  {
    level: 4,
    when: ({ requests, errorCost }) => requests >= 100_000 && errorCost === 'high',
    because: ({ requests }) =>
      `an error reaches ${thousands(requests)} expensive predictions a day, so a new model should meet a part of them first`,
  },
  {
    level: 5,
    when: ({ releases }) => releases >= 52,
    because: ({ releases }) =>
      `${releases} releases a year: the world moves faster than people can decide about each`,
  },
  {
    level: 5,
    when: ({ models, releases }) => models >= 10 && releases >= 24,
    because: ({ models }) => `${models} models that change often are more than people can watch one by one`,
  },
]

/** What a level is worth nothing without: it holds the advice below that level. */
const LIMITS: readonly Signal[] = [
  {
    level: 3,
    when: ({ team, models, requests }) => team === 1 && models === 1 && requests < 10_000,
    because: () => 'one person with one model would spend more time on the machinery than on the model',
  },
  {
    level: 4,
    when: ({ team }) => team < 3,
    because: ({ team }) =>
      `${team === 1 ? 'one person' : `${team} people`} cannot run automation around the clock, and automation that nobody runs is a risk`,
  },
  {
    level: 5,
    when: ({ labelDelay, releases }) => labelDelay > 365 / Math.max(releases, 1),
    because: ({ labelDelay }) =>
      Number.isFinite(labelDelay)
        ? `labels come after ${labelDelay} days, later than the next release: retraining would act on what is not known yet`
        : 'it never becomes known what really happened, so nothing could tell whether a retrained model is better',
  },
  {
    level: 5,
    when: ({ retrainCost, errorCost }) => retrainCost === 'high' && errorCost !== 'high',
    because: () => 'training again costs more than the bad predictions that it would spare',
  },
]

const NOT_YET: readonly NotYet[] = [
  {
    level: 2,
    what: 'tests in hooks, a data pipeline with a contract, scheduled monitoring',
    until: 'a second person works on it, or an edit breaks something that nobody notices',
  },
  {
    level: 3,
    what: 'data versions, experiment tracking, a model registry, orchestration, a live service',
    until:
      'it takes more than a minute to say which data and code made a model, or going back to an older one is work',
  },
  {
    level: 4,
    what: 'CI/CD of models, staged environments, A/B tests, infrastructure as code',
    until: 'releases come every other week, or an error reaches too many people before anybody sees it',
  },
  {
    level: 5,
    what: 'retraining that monitoring triggers, with budget, challenger and canary',
    until:
      'people are too slow to decide, labels arrive in time, and a retrain is known to be worth its cost',
  },
]

/** The level that fits: the highest that something asks for, and that nothing makes worthless. */
export function advise(situation: Situation): Advice {
  const wanted = REASONS.filter(({ when }) => when(situation))
  const limits = LIMITS.filter(({ when }) => when(situation))
  const asked = Math.max(1, ...wanted.map(({ level }) => level))
  const level = Math.min(asked, ...limits.map((limit) => limit.level - 1)) as LevelNumber
  const reasons = wanted.filter((reason) => reason.level <= level && reason.level > 1)
  return {
    level,
    reasons:
      reasons.length === 0
        ? ['the model changes rarely, and few people and predictions depend on it: monitoring is what pays']
        : reasons.sort((a, b) => b.level - a.level).map(({ because }) => because(situation)),
    limits: limits.filter((limit) => limit.level <= asked).map(({ because }) => because(situation)),
    notYet: NOT_YET.filter((each) => each.level > level),
  }
}

function thousands(number: number): string {
  return number.toLocaleString('en')
}
