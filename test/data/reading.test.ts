import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { profileColumns } from '../../src/data/profile.ts'
import { columnsOf, csv, dataFile } from './data-file.ts'

const rows = ['name;amount;when', 'Ann;1;2024-01-31', 'Bob;2;2024-02-01', 'Cid;3;2024-02-02'].join('\n')
const names = async (content: string | Uint8Array) =>
  (await columnsOf(content)).columns.map(({ name }) => name)

describe('the delimiter', () => {
  it.each([
    ['comma', ','],
    ['semicolon', ';'],
    ['tab', '\t'],
    ['bar', '|'],
    ['caret', '^'],
    ['blank', ' '],
  ])('is found out: %s', async (_, delimiter) => {
    const { source, columns } = await columnsOf(rows.replaceAll(';', delimiter))
    expect(source.delimiter).toBe(delimiter)
    expect(columns).toHaveLength(3)
  })

  it('is not a decimal comma', async () => {
    const { source } = await columnsOf('a;b;c\n1,5;2,5;x\n3,5;4,5;y\n')
    expect(source).toMatchObject({ delimiter: ';', decimal: ',' })
  })

  it('is not a comma inside quotes', async () => {
    const text = `who;what\n${'"Doe, Ann";"a, b, c"\n'.repeat(30)}"Roe";x\n`
    expect((await columnsOf(text)).source.delimiter).toBe(';')
  })
})

describe('quotes', () => {
  it('may hold delimiters, line ends and quotes', async () => {
    const { columns, rows: count } = await columnsOf('a,b\n"x, ""y""\nz",1\nplain,2\n')
    expect(count).toBe(2)
    expect(columns[0]?.column.values).toEqual(['x, "y"\nz', 'plain'])
  })

  it('may be single ones', async () => {
    const { source, columns } = await columnsOf("a,b\n'x, y','1'\n'z','2'\n")
    expect(source.quote).toBe("'")
    expect(columns[0]?.column.values).toEqual(['x, y', 'z'])
  })

  it('are counted in lines, so that a message names the right one', async () => {
    const text = `a,b\n${'"two\nlines",1\n'.repeat(3)}x,1,2\n`
    await expect(columnsOf(text)).rejects.toThrow('line 8 has 3 fields')
  })
})

describe('the header', () => {
  it('is recognised above numbers', async () => {
    expect(await names('a,b\n1,x\n2,y\n')).toEqual(['a', 'b'])
  })

  it('is missed where the first line holds numbers', async () => {
    const { source, columns, findings } = await columnsOf('5.1,x\n4.9,y\n4.7,x\n')
    expect(source.header).toBe(false)
    expect(columns.map(({ name }) => name)).toEqual(['column_1', 'column_2'])
    expect(findings[0]?.message).toContain('first line holds values')
  })

  it('is recognised above words', async () => {
    expect(await names('colour,shape\nred,round\nblue,square\n')).toEqual(['colour', 'shape'])
  })

  it('is missed where the first words repeat below', async () => {
    expect((await columnsOf('red,round\nblue,square\nred,round\n')).source.header).toBe(false)
  })
})

describe('the encoding', () => {
  const table = 'name,town\nJürgen,Köln\nZoë,Orléans\n'

  it.each([
    ['utf-8', Buffer.from(table)],
    ['utf-8-sig', Buffer.from(`\ufeff${table}`)],
    ['utf-16', Buffer.from(`\ufeff${table}`, 'utf16le')],
    ['utf-16-le', Buffer.from(table, 'utf16le')],
    ['windows-1252', Buffer.from(table, 'latin1')],
  ])('is found out: %s', async (codec, bytes) => {
    const { source, columns } = await columnsOf(bytes)
    expect(source.encoding).toBe(codec)
    expect(columns[0]?.name).toBe('name')
    expect(columns[1]?.column.values).toEqual(['Köln', 'Orléans'])
  })

  it('of Windows has signs that Latin-1 does not', async () => {
    const bytes = Buffer.from('Preis in \x80,Stadt\n1,K\xf6ln\n2,M\xfcnchen\n', 'latin1')
    const { source, columns } = await columnsOf(bytes)
    expect(source.encoding).toBe('windows-1252')
    expect(columns[0]?.name).toBe('Preis in €')
  })

  it('is corrected where a foreign letter comes late', async () => {
    const start = `word,number\n${'plain,1\n'.repeat(600_000)}`
    const { source, rows: count } = await columnsOf(
      Buffer.concat([Buffer.from(start), Buffer.from('Köln,2\n', 'latin1')]),
    )
    expect(source.encoding).toBe('windows-1252')
    expect(count).toBe(600_001)
  })
})

describe('line ends', () => {
  it.each([
    ['of Windows', '\r\n'],
    ['of old Macs', '\r'],
  ])('%s are line ends', async (_, end) => {
    const { columns, rows: count } = await columnsOf('a,b\n1,x\n2,y\n'.replaceAll('\n', end))
    expect(count).toBe(2)
    expect(columns[1]?.column.values).toEqual(['x', 'y'])
  })

  it('may be missing at the end, and blank lines are none of the rows', async () => {
    expect((await columnsOf('a,b\n\n1,x\n\n2,y')).rows).toBe(2)
  })
})

describe('numbers', () => {
  it.each([
    ['plain', '.', '', ['1234.5', '0.25', '7']],
    ['American', '.', ',', ['"1,234.5"', '0.25', '"1,234,567"']],
    ['German', ',', '.', ['"1.234,5"', '"0,25"', '1.234.567']],
    ['French', ',', ' ', ['"1 234,5"', '"0,25"', '1 234 567']],
    ['Swiss', '.', "'", ["1'234.5", '0.25', "1'234'567"]],
  ])('are read as they are written: %s', async (_, decimal, thousands, [a, b, c]) => {
    const { source, columns } = await columnsOf(`number,word\n${a},x\n${b},y\n${c},x\n`)
    expect(source).toMatchObject({ decimal, thousands })
    expect(columns[0]?.column).toMatchObject({ type: 'numeric', integer: false, min: 0.25 })
  })

  it('with a point are not German where others have a decimal fraction of it', async () => {
    const { source } = await columnsOf('a,b\n1.234,0.5\n2.345,0.7\n')
    expect(source).toMatchObject({ decimal: '.', thousands: '' })
  })
})

describe('compression and Parquet', () => {
  const table = csv('a,b', 100, (i) => [i * 2, i % 3])

  it('reads gzip whatever the name', async () => {
    const plain = await columnsOf(table)
    const { columns, source } = await profileColumns(dataFile(gzipSync(table), 'csv.gz'))
    expect(source.compression).toBe('gzip')
    expect(columns.map(({ column }) => column)).toEqual(plain.columns.map(({ column }) => column))
  })

  it('reads Parquet with its own types', async () => {
    const { columns, rows: count, source } = await profileColumns('test/fixtures/data/plans.parquet')
    expect(count).toBe(60)
    expect(source.format).toBe('parquet')
    expect(Object.fromEntries(columns.map(({ column }) => [column.name, column.type]))).toMatchObject({
      id: 'id',
      when: 'date',
      day: 'date',
      plan: 'categorical',
      active: 'boolean',
      amount: 'numeric',
      price: 'numeric',
    })
    expect(columns[3]?.column.missing).toBeCloseTo(1 / 3)
  })
})
