import { describe, expect, it } from 'vitest'
import { type Profile, profileData } from '../../src/data/profile.ts'
import { SAMPLE, samplePath } from '../../src/data/sample.ts'
import { csv, named, noise, profileOf } from './data-file.ts'

const leaksOf = ({ findings }: Profile) =>
  findings.filter(({ severity }) => severity === 'leak').map(({ message }) => message)
const whole = (i: number, series: number, most = 100) => Math.floor(noise(i, series) * most)

describe('the bundled sample', () => {
  it('is an hourly regression in time whose target is a sum', async () => {
    const profile = await profileData(samplePath(), { target: SAMPLE.target })
    expect(profile.contract).toMatchObject({ task: 'regression', time: SAMPLE.time, rows: 17_379 })
    expect(profile.contract.source).toMatchObject({
      path: 'data/raw/bike-sharing.csv.gz',
      compression: 'gzip',
    })
    expect(leaksOf(profile)).toEqual(['"casual" + "registered" = "count" in every row: they are left out'])
    expect(named(profile, 'casual')).toMatchObject({
      type: 'ignore',
      reason: 'leak: "casual" + "registered" = "count"',
    })
    expect(named(profile, 'registered').type).toBe('ignore')
    expect(named(profile, 'instant').type).toBe('id')
    expect(named(profile, 'dateday').format).toBe('%d-%m-%Y')
  })
})

describe('a sum that is the target', () => {
  it.each<[string, (a: number, b: number, c: number) => number]>([
    ['"a" + "b" = "y"', (a, b) => a + b],
    ['"a" - "b" = "y"', (a, b) => a - b],
    ['"a" + "b" + "c" = "y"', (a, b, c) => a + b + c],
    ['"a" - "b" - "c" = "y"', (a, b, c) => a - b - c],
    ['the mean of "a", "b", "c" = "y"', (a, b, c) => (a + b + c) / 3],
  ])('is found: %s', async (rule, target) => {
    const table = csv('noise,a,b,c,more,y', 400, (i) => {
      const [a, b, c] = [whole(i, 1), whole(i, 2), whole(i, 3, 40)]
      return [whole(i, 5), a, b, c, noise(i, 6).toFixed(3), target(a, b, c)]
    })
    const profile = await profileOf(table, { target: 'y', task: 'regression' })
    expect(leaksOf(profile)).toEqual([`${rule} in every row: they are left out`])
    expect(named(profile, 'a').type).toBe('ignore')
    expect(named(profile, 'noise').type).toBe('numeric')
  })

  it('is found in spite of decimals, missing values and a few slips', async () => {
    const table = csv('net,tax,x,total', 2000, (i) => {
      const [net, tax] = [noise(i, 1) * 900, noise(i, 2) * 90]
      const total = i === 777 ? 1 : net + tax
      return [net.toFixed(2), i % 50 === 3 ? '' : tax.toFixed(2), noise(i, 4), total.toFixed(2)]
    })
    const profile = await profileOf(table, { target: 'total' })
    expect(leaksOf(profile)).toEqual(['"net" + "tax" = "total" in 99.9 % of the rows: they are left out'])
  })

  it('is found among twelve months', async () => {
    const months = Array.from({ length: 12 }, (_, m) => `m${m}`)
    const table = csv(`x,${months.join(',')},year_total`, 300, (i) => {
      const values = months.map((_, m) => whole(i, m + 1))
      return [noise(i, 40), ...values, values.reduce((sum, value) => sum + value, 0)]
    })
    const profile = await profileOf(table, { target: 'year_total' })
    expect(leaksOf(profile)).toEqual([
      '"m0" + "m1" + … + "m11" = "year_total" in every row: they are left out',
    ])
    expect(months.map((name) => named(profile, name).type)).toEqual(months.map(() => 'ignore'))
  })

  it('is not seen where it only comes close', async () => {
    const table = csv('a,b,y', 500, (i) => {
      const [a, b] = [whole(i, 1), whole(i, 2)]
      return [a, b, a + b + (i % 20 === 0 ? 1 : 0)]
    })
    expect(leaksOf(await profileOf(table, { target: 'y' }))).toEqual([])
  })
})

describe('a column that gives the target away', () => {
  const table = (
    name: string,
    value: (i: number, y: number) => unknown,
    y = (i: number): number => (noise(i, 9) < 0.3 ? 1 : 0),
  ) => csv(`x,${name},y`, 600, (i) => [noise(i), value(i, y(i)), y(i)])

  it('is its copy in other words', async () => {
    const profile = await profileOf(
      table('state', (_, y) => (y ? 'gone' : 'here')),
      { target: 'y' },
    )
    expect(leaksOf(profile)).toEqual(['"state" tells "y" in every row: it is left out'])
    expect(named(profile, 'state')).toMatchObject({ type: 'ignore', reason: 'leak: "state" tells "y"' })
  })

  it('is a finer code of it', async () => {
    const profile = await profileOf(
      table('code', (i, y) => `${y ? 'G' : 'H'}${i % 5}`),
      { target: 'y' },
    )
    expect(leaksOf(profile)).toHaveLength(1)
  })

  it('is filled in only afterwards', async () => {
    const profile = await profileOf(
      table('end_date', (i, y) => (y ? `2024-03-${10 + (i % 20)}` : '')),
      { target: 'y' },
    )
    expect(leaksOf(profile)).toEqual(['"end_date" tells "y" in every row: it is left out'])
  })

  it('is a number that parts the classes', async () => {
    const profile = await profileOf(
      table('score', (i, y) => (y ? 0.6 : 0) + noise(i, 4) * 0.4),
      { target: 'y' },
    )
    expect(leaksOf(profile)).toHaveLength(1)
  })

  it('is the target in another unit, or on another scale', async () => {
    const amount = (i: number) => Number((noise(i, 9) * 1000).toFixed(2))
    const scaled = await profileOf(
      table('cents', (_, y) => y * 100 + 7, amount),
      { target: 'y' },
    )
    expect(leaksOf(scaled)).toHaveLength(1)
    const logged = await profileOf(
      table('logged', (_, y) => Math.log(y + 1).toFixed(9), amount),
      { target: 'y' },
    )
    expect(leaksOf(logged)).toHaveLength(1)
  })

  it('is one that moves as the target does, though not exactly', async () => {
    const nearly = (i: number, y: number) => (y + noise(i, 8) * 5).toFixed(2)
    const profile = await profileOf(
      table('quote', nearly, (i) => Math.floor(noise(i, 9) * 1000)),
      { target: 'y' },
    )
    expect(leaksOf(profile)).toEqual([
      expect.stringMatching(/^"quote" moves with "y" \(correlation 0\.9999\d\): it is left out$/),
    ])
  })

  it('stays if a person gives its type, and is still said', async () => {
    const text = table('state', (_, y) => (y ? 'gone' : 'here'))
    const profile = await profileOf(text, { target: 'y', types: { state: 'categorical' } })
    expect(named(profile, 'state').type).toBe('categorical')
    expect(leaksOf(profile)).toEqual([
      '"state" tells "y" in every row: "state" kept, because you gave the type',
    ])
  })
})

describe('no leak', () => {
  it('is suspected in German credit data', async () => {
    const profile = await profileData('test/fixtures/german-credit.csv', { target: 'Target' })
    expect(profile.contract).toMatchObject({ task: 'binary', positive: '1', time: null, rows: 1000 })
    expect(leaksOf(profile)).toEqual([])
    expect(profile.contract.columns.every(({ type }) => type !== 'ignore' && type !== 'id')).toBe(true)
  })

  it('is a strong predictor, a name, or an id', async () => {
    const table = csv('customer_id,target_encoded,x,y', 800, (i) => {
      const y = noise(i, 9) < 0.4 ? 1 : 0
      return [10_000 + ((i * 7919) % 100_003), i % 50 ? y : 1 - y, noise(i), y]
    })
    expect(leaksOf(await profileOf(table, { target: 'y' }))).toEqual([])
  })

  it('is the rare class that a common value happens to miss', async () => {
    const table = csv('x,colour,y', 3000, (i) => [noise(i), ['red', 'blue'][i % 2], i % 1500 === 7 ? 1 : 0])
    expect(leaksOf(await profileOf(table, { target: 'y' }))).toEqual([])
  })

  it('is a flower that is easy to tell', async () => {
    const table = csv('petal,sepal,species', 150, (i) => {
      const species = Math.floor(i / 50)
      return [
        (1.2 + species * 1.7 + noise(i) * 1.4).toFixed(1),
        (4.5 + noise(i, 2) * 3).toFixed(1),
        ['setosa', 'versicolor', 'virginica'][species],
      ]
    })
    expect(leaksOf(await profileOf(table, { target: 'species' }))).toEqual([])
  })
})

describe('a column that repeats another', () => {
  it('is left out, and the first one stays', async () => {
    const table = csv('a,b,again,y', 200, (i) => [whole(i, 1), noise(i, 2), whole(i, 1), whole(i, 3, 2)])
    const profile = await profileOf(table, { target: 'y' })
    expect(named(profile, 'a').type).toBe('numeric')
    expect(named(profile, 'again')).toMatchObject({ type: 'ignore', reason: 'the same as "a"' })
  })
})
