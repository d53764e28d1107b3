import { describe, expect, it } from 'vitest'
import { profileColumns } from '../../src/data/profile.ts'
import { columnOf, columnsOf, csv, dataFile, noise } from './data-file.ts'

const repeat = (values: readonly string[], times = 10) => Array.from({ length: times }, () => values).flat()
const days = (count: number, write: (date: Date) => string) =>
  Array.from({ length: count }, (_, i) => write(new Date(Date.UTC(2023, 0, 1 + i))))
const two = (number: number) => String(number).padStart(2, '0')

describe('missing values', () => {
  it.each(['', ' ', 'NA', 'N/A', 'nan', 'NULL', '?'])('are spelled %j in any column', async (spelling) => {
    const words = await columnOf(repeat(['red', 'blue', spelling, 'red']))
    expect(words).toMatchObject({ type: 'categorical', missing: 0.25, values: ['red', 'blue'] })
  })

  it.each(['-', 'None', 'unknown'])('are spelled %j among numbers, not among words', async (spelling) => {
    expect(await columnOf(repeat(['1.5', '2.5', spelling, '3']))).toMatchObject({
      type: 'numeric',
      missing: 0.25,
    })
    expect(await columnOf(repeat(['red', 'blue', spelling, 'red']))).toMatchObject({
      missing: 0,
      distinct: 3,
    })
  })

  it('are listed in the source as they occur, and no others', async () => {
    const { source } = await columnsOf(`a,b\n${repeat(['1,x', 'n/a,NA', '2,y']).join('\n')}\n`)
    expect(source.missing).toEqual(['', 'n/a', 'NA'])
  })

  it('are not meant by NA among codes of two letters', async () => {
    const country = await columnOf(repeat(['DE', 'FR', 'NA', 'US', 'DE', 'DE', 'FR']))
    expect(country).toMatchObject({ missing: 0, values: ['DE', 'FR', 'NA', 'US'] })
  })

  it('may be all there is', async () => {
    expect(await columnOf(repeat(['NA', '']))).toMatchObject({
      type: 'ignore',
      reason: 'all values are missing',
      missing: 1,
    })
  })
})

describe('booleans', () => {
  it.each([
    ['yes', 'no'],
    ['Y', 'N'],
    ['t', 'f'],
    ['TRUE', 'FALSE'],
    ['1', '0'],
    ['1.0', '0.0'],
  ])('are %s and %s', async (yes, no) => {
    expect(await columnOf(repeat([no, yes, no]), 'flag')).toMatchObject({
      type: 'boolean',
      true: yes,
      values: [no, yes],
    })
  })

  it('may be missing', async () => {
    expect(await columnOf(repeat(['yes', 'no', 'NA']))).toMatchObject({ type: 'boolean' })
  })

  it('are not counts that happen to be 0 and 1', async () => {
    expect(await columnOf(repeat(['0', '1']), 'number_of_children')).toMatchObject({ type: 'numeric' })
  })

  it('are not any two words', async () => {
    expect(await columnOf(repeat(['left', 'right']))).toMatchObject({ type: 'categorical' })
  })
})

describe('dates', () => {
  it.each<[string, (date: Date) => string]>([
    ['%Y-%m-%d', (date) => date.toISOString().slice(0, 10)],
    ['iso8601', (date) => date.toISOString()],
    ['%Y-%m-%d %H:%M:%S', (date) => date.toISOString().slice(0, 19).replace('T', ' ')],
    [
      '%d-%m-%Y',
      (date) => `${two(date.getUTCDate())}-${two(date.getUTCMonth() + 1)}-${date.getUTCFullYear()}`,
    ],
    ['%m/%d/%Y', (date) => `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`],
    ['%d.%m.%y', (date) => `${two(date.getUTCDate())}.${two(date.getUTCMonth() + 1)}.23`],
    ['%Y%m%d', (date) => date.toISOString().slice(0, 10).replaceAll('-', '')],
    ['%d %b %Y', (date) => `${date.getUTCDate()} ${date.toUTCString().slice(8, 11)} 2023`],
    ['%b %d %Y', (date) => `${date.toUTCString().slice(8, 11)} ${date.getUTCDate()} 2023`],
    ['%m/%d/%Y %I:%M %p', (date) => `${date.getUTCMonth() + 1}/${date.getUTCDate()}/2023 01:30 PM`],
  ])('are recognised in the format %s', async (format, write) => {
    expect(await columnOf(days(60, write))).toMatchObject({ type: 'date', format })
  })

  it('are recognised as seconds and milliseconds since 1970 where the name speaks for it', async () => {
    const seconds = Array.from({ length: 40 }, (_, i) => String(1_700_000_000 + i * 3601))
    expect(await columnOf(seconds, 'created_at')).toMatchObject({ type: 'date', format: 'epoch-seconds' })
    expect(await columnOf(seconds, 'population')).toMatchObject({ type: 'numeric' })
    const millis = seconds.map((text) => `${text}000`)
    expect(await columnOf(millis, 'timestamp')).toMatchObject({ type: 'date', format: 'epoch-milliseconds' })
  })

  it('are not numbers with points, versions or times of day', async () => {
    expect(await columnOf(repeat(['1.5', '2.25', '10.12']))).toMatchObject({ type: 'numeric' })
    expect(await columnOf(repeat(['1.2.3', '10.0.1', '2.4.0']))).toMatchObject({ type: 'categorical' })
    expect(await columnOf(repeat(['12:30', '08:15']))).toMatchObject({ type: 'categorical' })
  })

  it('have the day first if one value shows it, however late', async () => {
    const ambiguous = Array.from({ length: 200 }, (_, i) => `0${1 + (i % 9)}/0${1 + ((i * 5) % 9)}/2023`)
    expect(await columnOf([...ambiguous, '25/01/2023'])).toMatchObject({ format: '%d/%m/%Y' })
    expect(await columnOf([...ambiguous, '01/25/2023'])).toMatchObject({ format: '%m/%d/%Y' })
  })

  it('have the order in which the rows follow each other, where the values leave it open', async () => {
    const values = Array.from({ length: 60 }, (_, i) => `0${1 + (i % 9)}/0${1 + Math.floor(i / 9)}/2023`)
    const { columns, findings } = await columnsOf(csv('day,x', 60, (i) => [values[i], i % 4]))
    expect(columns[0]?.column.format).toBe('%d/%m/%Y')
    expect(findings.map(({ message }) => message).join()).toContain('because the rows are then in order')
  })

  it('are said to be ambiguous where nothing decides', async () => {
    const values = Array.from(
      { length: 60 },
      (_, i) => `0${1 + Math.floor(noise(i) * 9)}/0${1 + Math.floor(noise(i, 2) * 9)}/2023`,
    )
    const { columns, findings } = await columnsOf(csv('day,x', 60, (i) => [values[i], i % 4]))
    expect(columns[0]?.column.format).toBe('%m/%d/%Y')
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'warning', column: 'day' }))
  })
})

describe('ids, texts and categories', () => {
  it('takes a running number for an id', async () => {
    const values = Array.from({ length: 50 }, (_, i) => String(i + 7))
    expect(await columnOf(values, 'row')).toMatchObject({ type: 'id', reason: 'a running number' })
  })

  it('takes years in order for years', async () => {
    const values = Array.from({ length: 50 }, (_, i) => String(i + 1960))
    expect(await columnOf(values, 'year')).toMatchObject({ type: 'numeric' })
  })

  it('takes unique numbers for an id only if they are called one', async () => {
    const values = Array.from({ length: 50 }, (_, i) => String((i * 7919) % 100_003))
    expect(await columnOf(values, 'customer_id')).toMatchObject({ type: 'id' })
    expect(await columnOf(values, 'income')).toMatchObject({ type: 'numeric' })
    expect(await columnOf(values, 'humidity')).toMatchObject({ type: 'numeric' })
  })

  it('takes a code of its own in every row for an id', async () => {
    const values = Array.from({ length: 50 }, (_, i) => `u-${((i * 7919) % 100_003).toString(16)}`)
    expect(await columnOf(values, 'code')).toMatchObject({ type: 'id' })
  })

  it('takes sentences for text', async () => {
    const values = Array.from({ length: 60 }, (_, i) => `The delivery number ${i} came late and was damaged`)
    expect(await columnOf(values, 'comment')).toMatchObject({ type: 'text' })
  })

  it('takes numbers that begin with zero for codes', async () => {
    expect(await columnOf(repeat(['01069', '80331', '04109']), 'zip')).toMatchObject({ type: 'categorical' })
  })

  it('keeps numbers of few values as numbers, and says so', async () => {
    const { columns, findings } = await columnsOf(csv('grade,x', 60, (i) => [1 + (i % 4), noise(i)]))
    expect(columns[0]?.column).toMatchObject({ type: 'numeric', distinct: 4 })
    expect(findings.map(({ message }) => message).join()).toContain('"grade"')
  })

  it('lists the 50 most frequent categories, and counts the others', async () => {
    const values = Array.from({ length: 600 }, (_, i) => `town ${i % 80}`)
    const column = await columnOf(values, 'town')
    expect(column).toMatchObject({ type: 'categorical', distinct: 80, moreValues: 30 })
    expect(column.values).toHaveLength(50)
  })

  it('leaves out what never varies', async () => {
    expect(await columnOf(repeat(['EUR']), 'currency')).toMatchObject({
      type: 'ignore',
      reason: 'always "EUR"',
    })
  })
})

describe('malformed values', () => {
  it('are counted and shown with their lines, and the type stays', async () => {
    const table = csv('amount,x', 1000, (i) => [i === 500 ? '12a' : i === 700 ? 'oops' : i * 1.5, i % 4])
    const { columns, findings } = await columnsOf(table)
    expect(columns[0]?.column.type).toBe('numeric')
    expect(findings).toContainEqual({
      severity: 'warning',
      column: 'amount',
      message:
        '2 of 1,000 values are no numbers: "12a" in line 502, "oops" in line 702; training takes them for missing',
    })
  })

  it('are categories where they are many', async () => {
    expect(await columnOf(repeat(['1', '2', 'three']))).toMatchObject({ type: 'categorical' })
  })
})

describe('types that a person gives', () => {
  const table = csv('code,when,flag,note,y', 60, (i) => [
    i % 5,
    1_700_000_000 + i,
    i % 2 ? 'A' : 'B',
    `n${i}`,
    i % 2,
  ])

  it('win over what was guessed', async () => {
    const types = { code: 'categorical', when: 'date', flag: 'boolean', note: 'ignore' } as const
    const { columns } = await profileColumns(dataFile(table), types)
    expect(columns.map(({ column }) => column.type)).toEqual([
      'categorical',
      'date',
      'boolean',
      'ignore',
      'boolean',
    ])
    expect(columns[0]?.column.values).toEqual(['0', '1', '2', '3', '4'])
    expect(columns[1]?.column.format).toBe('epoch-seconds')
    expect(columns[2]?.column.true).toBe('B')
  })

  it('must fit the values', async () => {
    const attempt = (types: Record<string, 'numeric' | 'date' | 'boolean'>) =>
      profileColumns(dataFile(table), types)
    await expect(attempt({ note: 'numeric' })).rejects.toThrow(
      '"note" cannot be numeric: it holds "n0", "n1", "n2"',
    )
    await expect(attempt({ flag: 'date' })).rejects.toThrow('"flag" cannot be date')
    await expect(attempt({ code: 'boolean' })).rejects.toThrow(
      '"code" cannot be boolean: it has 5 different values',
    )
  })
})
