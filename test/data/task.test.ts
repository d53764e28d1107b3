import { describe, expect, it } from 'vitest'
import { profileColumns, rankTargets, settleTask, timeColumns } from '../../src/data/profile.ts'
import { complaint, csv, dataFile, named, noise, profileOf } from './data-file.ts'

/** A table whose target `y` takes these values in turn. */
const turns = (values: readonly unknown[], rows = 120) =>
  csv('x,z,y', rows, (i) => [noise(i).toFixed(3), Math.floor(noise(i, 2) * 50), values[i % values.length]])

describe('the task', () => {
  it('is regression where the target has fractions', async () => {
    const { contract, reason } = await profileOf(turns([1.5, 2.5, 3.5]), { target: 'y' })
    expect(contract).toMatchObject({ task: 'regression', target: 'y' })
    expect(contract.classes).toBeUndefined()
    expect(reason).toBe('its values have fractions')
  })

  it('is regression where the target has many numbers', async () => {
    const { contract, reason } = await profileOf(
      csv('x,y', 200, (i) => [noise(i), Math.floor(noise(i, 3) * 90)]),
      { target: 'y' },
    )
    expect(contract.task).toBe('regression')
    expect(reason).toMatch(/it has \d+ different numbers/)
  })

  it('is regression where few numbers hardly repeat', async () => {
    const { contract } = await profileOf(
      csv('x,y', 20, (i) => [noise(i).toFixed(2), 7 + i * 3]),
      { target: 'y' },
    )
    expect(contract.task).toBe('regression')
  })

  it('is multiclass where the target has a few whole numbers, and tells how to say otherwise', async () => {
    const { contract, reason } = await profileOf(turns([1, 2, 3, 3]), { target: 'y' })
    expect(contract.task).toBe('multiclass')
    expect(contract.classes?.map(({ value, share }) => [value, share])).toEqual([
      ['3', 0.5],
      ['1', 0.25],
      ['2', 0.25],
    ])
    expect(reason).toContain('--task regression')
  })

  it('is multiclass where the target has a few words', async () => {
    expect(
      (await profileOf(turns(['setosa', 'virginica', 'versicolor']), { target: 'y' })).contract.task,
    ).toBe('multiclass')
  })

  it('is binary where the target has two values, and two only', async () => {
    const { contract } = await profileOf(turns(['no', 'no', 'yes']), { target: 'y' })
    expect(contract).toMatchObject({ task: 'binary', positive: 'yes' })
  })

  it('is what a person says, if the values allow it', async () => {
    const scores = dataFile(turns([1, 2, 3, 4]))
    const columns = await profileColumns(scores)
    expect(settleTask(columns, { target: 'y', task: 'regression' }).contract.task).toBe('regression')
    expect(() => settleTask(columns, { target: 'y', task: 'binary' })).toThrow(
      'it has 4 different values, not two',
    )
    const words = await profileColumns(dataFile(turns(['a', 'b', 'c'])))
    expect(() => settleTask(words, { target: 'y', task: 'regression' })).toThrow('its values are no numbers')
  })
})

describe('the positive class', () => {
  it.each([
    [['0', '1'], '1'],
    [['no', 'yes'], 'yes'],
    [['good', 'bad'], 'bad'],
    [['FALSE', 'TRUE'], 'TRUE'],
    [['1', '2'], '2'],
    [['cat', 'cat', 'dog'], 'dog'],
    [['<=50K', '>50K'], '>50K'],
  ])('of %j is %s', async (values, positive) => {
    expect((await profileOf(turns(values), { target: 'y' })).contract.positive).toBe(positive)
  })
})

describe('what to know about the target', () => {
  it('is that it is imbalanced', async () => {
    const values = Array.from({ length: 30 }, (_, i) => (i === 3 ? 'yes' : 'no'))
    const { findings } = await profileOf(turns(values, 600), { target: 'y' })
    expect(findings.map(({ message }) => message).join()).toContain('imbalanced: 3.3 % are "yes"')
  })

  it('is that rows lack it, or a class is scarce', async () => {
    const values = Array.from({ length: 60 }, (_, i) => (i === 3 ? 'c' : i === 4 ? '' : i % 2 ? 'a' : 'b'))
    const { findings } = await profileOf(turns(values, 120), { target: 'y' })
    const said = findings.map(({ message }) => message).join('\n')
    expect(said).toContain('missing in 2 of 120 rows')
    expect(said).toContain('the class "c" has 2 rows')
  })
})

describe('a target that cannot be learnt', () => {
  it('does not exist: the nearest name is suggested', async () => {
    expect(await complaint(profileOf(turns([0, 1]).replace('y', 'churned'), { target: 'churn' }))).toMatch(
      /no column "churn"; did you mean "churned"\?\nThe columns are "x", "z", "churned"/,
    )
  })

  it('is not given: likely ones are named', async () => {
    expect(await complaint(profileOf(turns([0, 1]), {}))).toContain('Likely: y')
  })

  it('is constant', async () => {
    expect(await complaint(profileOf(turns([7]), { target: 'y' }))).toContain('the target "y" is always "7"')
  })

  it('is missing in every row', async () => {
    expect(await complaint(profileOf(turns(['NA', '']), { target: 'y' }))).toContain(
      '"y" is missing in every row',
    )
  })

  it('holds dates, or words without end', async () => {
    expect(await complaint(profileOf(turns(['2024-01-01', '2024-01-02']), { target: 'y' }))).toContain(
      'it holds dates',
    )
    const names = csv('x,y', 300, (i) => [noise(i), `name-${i % 150}`])
    expect(await complaint(profileOf(names, { target: 'y' }))).toContain(
      'it has 150 different values; up to 100',
    )
  })

  it('leaves nothing to learn from', async () => {
    const table = csv('row,copy,y', 100, (i) => [i, i % 2 ? 'b' : 'a', i % 2])
    expect(await complaint(profileOf(table, { target: 'y' }))).toContain('no column is left to learn from')
  })
})

describe('the time column', () => {
  const day = (i: number) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10)
  const shuffled = (i: number) => day((i * 37) % 200)
  const table = (name: string, write: (i: number) => string) =>
    csv(`${name},x,y`, 200, (i) => [write(i), noise(i), noise(i, 2)])

  it('is a date column whose rows are in order', async () => {
    expect((await profileOf(table('started', day), { target: 'y' })).contract.time).toBe('started')
  })

  it('is a date column that says so by its name', async () => {
    expect((await profileOf(table('order_date', shuffled), { target: 'y' })).contract.time).toBe('order_date')
  })

  it('is no date of birth, and is offered where it is doubtful', async () => {
    expect((await profileOf(table('birth_date', shuffled), { target: 'y' })).contract.time).toBeNull()
    const { contract, findings } = await profileOf(table('opened', shuffled), { target: 'y' })
    expect(contract.time).toBeNull()
    expect(findings).toContainEqual(
      expect.objectContaining({ column: 'opened', message: expect.stringContaining('--time') }),
    )
  })

  it('is what a person says', async () => {
    expect(
      (await profileOf(table('birth_date', shuffled), { target: 'y', time: 'birth_date' })).contract.time,
    ).toBe('birth_date')
    expect((await profileOf(table('started', day), { target: 'y', time: null })).contract.time).toBeNull()
  })

  it('must hold dates', async () => {
    const text = await complaint(profileOf(table('started', day), { target: 'y', time: 'x' }))
    expect(text).toMatch(/"x" cannot order the rows in time: it holds no dates, but numbers like "0\.\d+"/)
    expect(await complaint(profileOf(table('started', day), { target: 'y', time: 'begun' }))).toContain(
      'no column "begun"',
    )
  })
})

describe('the id', () => {
  it('can be named, and is then no feature', async () => {
    const profile = await profileOf(turns([0, 1]), { target: 'y', id: ['z'] })
    expect(named(profile, 'z').type).toBe('id')
    expect(await complaint(profileOf(turns([0, 1]), { target: 'y', id: ['y'] }))).toContain(
      'both --id and --target',
    )
    expect(await complaint(profileOf(turns([0, 1]), { target: 'y', id: ['w'] }))).toContain('no column "w"')
  })
})

describe('a prompt', () => {
  it('gets likely targets first, and the columns that may be the time', async () => {
    const table = csv('id,day,price,colour', 60, (i) => [
      i,
      `2024-02-${String(1 + (i % 28)).padStart(2, '0')}`,
      noise(i),
      i % 3 ? 'red' : 'blue',
    ])
    const columns = await profileColumns(dataFile(table))
    expect(rankTargets(columns)).toEqual(['price', 'colour', 'day', 'id'])
    expect(timeColumns(columns, 'price')).toEqual(['day'])
  })

  it('can correct types without reading the file again', async () => {
    const columns = await profileColumns(dataFile(turns([0, 1])))
    const corrected = settleTask(columns, { target: 'y', types: { z: 'categorical' } })
    expect(named(corrected, 'z')).toMatchObject({ type: 'categorical', distinct: 46 })
  })
})
