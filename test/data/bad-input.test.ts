import { chmodSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { profileColumns } from '../../src/data/profile.ts'
import { complaint, csv, dataFile } from './data-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'create-mlops-bad-'))
const complaintAbout = (content: string | Uint8Array, extension = 'csv') =>
  complaint(profileColumns(dataFile(content, extension)))
const table = csv('a,b', 50, (i) => [i, i % 3])

describe('a file that is none', () => {
  it('does not exist', async () => {
    expect(await complaint(profileColumns(join(folder, 'churn.csv')))).toMatch(/churn\.csv does not exist/)
  })

  it('is a directory', async () => {
    expect(await complaint(profileColumns(folder))).toMatch(/is a directory, expected a data file/)
  })

  it('is a device', async () => {
    expect(await complaint(profileColumns('/dev/null'))).toMatch(/is no regular file/)
  })

  it.skipIf(process.getuid?.() === 0)('may not be read', async () => {
    const file = dataFile(table)
    chmodSync(file, 0)
    expect(await complaint(profileColumns(file))).toMatch(/cannot be read: permission denied/)
  })

  it('is a link to itself', async () => {
    const loop = join(folder, 'loop.csv')
    symlinkSync(loop, loop)
    expect(await complaint(profileColumns(loop))).toMatch(/loop\.csv cannot be read: ELOOP/)
  })
})

describe('a file without a table', () => {
  it('is empty', async () => {
    expect(await complaintAbout('')).toMatch(/is empty\nExpected a table/)
    expect(await complaintAbout(gzipSync(''), 'csv.gz')).toMatch(/is empty/)
    expect(await complaintAbout('\n\n')).toMatch(/has no rows/)
  })

  it('has a header only', async () => {
    expect(await complaintAbout('a,b,c\n')).toMatch(/has no rows\nExpected a line of column names/)
  })

  it('has one column only', async () => {
    expect(await complaintAbout('a\n1\n2\n')).toMatch(
      /has one column only: "a"\n.*Is the delimiter unusual\?/,
    )
  })

  it('is binary', async () => {
    const junk = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 73 + (i >> 3)) % 256))
    expect(await complaintAbout(junk)).toMatch(/is no text: it looks like binary data/)
    expect(await complaintAbout(Buffer.from('PK\u0003\u0004rest of a workbook'), 'xlsx')).toMatch(
      /is a zip archive or an Excel workbook, expected a table\nUnpack it, or save the sheet as CSV/,
    )
  })

  it('is damaged', async () => {
    const packed = gzipSync(csv('a,b', 5000, (i) => [i, (i * 7919) % 997]))
    expect(await complaintAbout(packed.subarray(0, packed.length - 200), 'csv.gz')).toMatch(
      /ends too early: it is cut short/,
    )
    const broken = Buffer.from(packed)
    broken.fill(0xff, 200, 400)
    expect(await complaintAbout(broken, 'csv.gz')).toMatch(/is damaged \(gzip: /)
  })

  it('is damaged Parquet', async () => {
    const whole = readFileSync('test/fixtures/data/plans.parquet')
    const hint = /cannot be read as Parquet: .*\nThe file seems to be damaged/
    expect(await complaintAbout(whole.subarray(0, whole.length - 100), 'parquet')).toMatch(hint)
    expect(await complaintAbout('PAR1', 'parquet')).toMatch(hint)
    const broken = Buffer.from(whole)
    broken.fill(0xff, 10, 400)
    expect(await complaintAbout(broken, 'parquet')).toMatch(hint)
    expect(await complaint(profileColumns('test/fixtures/data/no-rows.parquet'))).toMatch(/has no rows/)
  })
})

describe('names', () => {
  it('are there twice', async () => {
    expect(await complaintAbout('a,b,a\n1,2,3\n')).toMatch(/columns 1 and 3 are both named "a"/)
  })

  it('are empty', async () => {
    expect(await complaintAbout(',a,b\n0,1,x\n1,2,y\n')).toMatch(/column 1 has no name\n.*index=False/)
    expect(await complaintAbout('a,b,\n1,2,\n3,4,\n')).toMatch(/column 3 has no name\n.*delimiter at the end/)
  })

  it('are 20,000', async () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `c${i}`)
    expect(await complaintAbout(`${names.join(',')}\n${names.map(() => 1).join(',')}\n`)).toMatch(
      /has 20000 columns; up to 2000 are supported/,
    )
  })
})

describe('lines', () => {
  it('have too many fields, or too few', async () => {
    expect(await complaintAbout(`${table}\n1,2,3\n`)).toMatch(
      /, line 52 has 3 fields, but the first line has 2/,
    )
    expect(await complaintAbout(`${table}\n1\n`)).toMatch(/, line 52 has 1 field, but the first line has 2/)
  })

  it('begin a quote that never ends', async () => {
    expect(await complaintAbout(`${table}\n"open,1\n2,3\n4,5\n`)).toMatch(
      /, line 52: a quoted field begins here and never ends/,
    )
  })

  it('are wrong beyond what is kept in memory', async () => {
    const long = csv('a,b', 400_000, (i) => [i, `word number ${i}`])
    expect(await complaintAbout(`${long}\n1,2,3\n`)).toMatch(/line 400002 has 3 fields/)
    expect(await complaintAbout(`${long}\n"open,1\n${'x,y\n'.repeat(10)}`)).toMatch(
      /line 400002: a quoted field/,
    )
  })
})

describe('wishes', () => {
  it('name a column that is not there', async () => {
    const attempt = profileColumns(dataFile(table), { aa: 'numeric' })
    expect(await complaint(attempt)).toMatch(/no column "aa"; did you mean "a"\?/)
  })

  it('name a type that is none', async () => {
    const attempt = profileColumns(dataFile(table), { a: 'numerical' as 'numeric' })
    expect(await complaint(attempt)).toMatch(
      /"numerical" is no type of a column; did you mean "numeric"\?\n--type a=TYPE/,
    )
  })
})
