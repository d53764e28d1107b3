import { describe, expect, test } from 'vitest'
import { advise } from '../../src/advise/advise.ts'
import { QUESTIONS, type Situation } from '../../src/advise/situation.ts'

/** One person, one model, a few releases a year, labels within a month. */
const QUIET: Situation = {
  models: 1,
  releases: 2,
  requests: 100,
  labelDelay: 30,
  errorCost: 'low',
  retrainCost: 'low',
  team: 1,
}

describe('the level that fits', () => {
  test.each<[string, Partial<Situation>, number]>([
    ['a quiet model of one person', {}, 1],
    ['a model that matters more, of one person', { errorCost: 'medium' }, 1],
    ['a second person', { team: 2 }, 2],
    ['expensive errors', { errorCost: 'high' }, 2],
    ['a release a month, alone', { releases: 12 }, 2],
    ['a release a month, two people', { releases: 12, team: 2 }, 3],
    ['two people and expensive errors', { team: 2, errorCost: 'high' }, 3],
    ['a busy service, alone', { requests: 50_000 }, 3],
    ['a busy service with expensive errors, alone', { requests: 500_000, errorCost: 'high' }, 3],
    ['the same with a team', { requests: 500_000, errorCost: 'high', team: 5 }, 4],
    ['a release every other week', { releases: 26, team: 4 }, 4],
    ['a release a week, labels in time', { releases: 52, team: 4, labelDelay: 3 }, 5],
    ['a release a week, labels too late', { releases: 52, team: 4, labelDelay: 30 }, 4],
    [
      'a release a week, never any labels',
      { releases: 52, team: 4, labelDelay: Number.POSITIVE_INFINITY },
      4,
    ],
    ['a release a week, dear retraining', { releases: 52, team: 4, labelDelay: 3, retrainCost: 'high' }, 4],
    [
      'the same, but errors are dear too',
      { releases: 52, team: 4, labelDelay: 3, retrainCost: 'high', errorCost: 'high' },
      5,
    ],
    ['many models that change often', { models: 20, releases: 26, team: 8, labelDelay: 2 }, 5],
    ['many models, two people', { models: 20, releases: 26, team: 2, labelDelay: 2 }, 3],
    ['no predictions at all yet', { models: 0, releases: 0, requests: 0 }, 1],
  ])('%s', (_, difference, level) => {
    const advice = advise({ ...QUIET, ...difference })
    expect(advice.level).toBe(level)
    expect(advice.reasons).not.toEqual([])
    expect(advice.notYet.map((each) => each.level)).toEqual([2, 3, 4, 5].filter((each) => each > level))
  })

  test('what holds a level back is said', () => {
    const { limits } = advise({ ...QUIET, releases: 52, team: 4, labelDelay: 30 })
    expect(limits).toEqual([
      'labels come after 30 days, later than the next release: retraining would act on what is not known yet',
    ])
    expect(advise(QUIET).limits).toEqual([])
  })

  test('more of anything that asks for a level never lowers it', () => {
    for (const releases of [1, 6, 12, 30, 60])
      for (const models of [1, 2, 5, 12]) {
        const level = (situation: Partial<Situation>) =>
          advise({ ...QUIET, team: 5, labelDelay: 1, releases, models, ...situation }).level
        expect(level({ models: models + 10 })).toBeGreaterThanOrEqual(level({}))
        expect(level({ errorCost: 'high' })).toBeGreaterThanOrEqual(level({}))
        expect(level({ requests: 1_000_000 })).toBeGreaterThanOrEqual(level({}))
      }
  })
})

test.each(QUESTIONS)('--$flag takes what it offers', ({ parse, initial }) => {
  expect(parse(initial)).not.toBeUndefined()
  expect(parse('')).toBeUndefined()
  expect(parse('-1')).toBeUndefined()
  expect(parse('much')).toBeUndefined()
})
