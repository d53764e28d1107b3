import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ColumnsProfile, profileColumns, settleTask } from '../../src/data/profile.ts'
import { csv, dataFile, noise } from './data-file.ts'

const ROWS = 150_000
const LATE = ROWS - 10

/** More than is kept in memory, with surprises near the end which no sample is sure to see. */
const text = csv('uid,amount,fee,total,colour,flag,word', ROWS, (i) => {
  const [amount, fee] = [Math.floor(noise(i) * 1e6), Math.floor(noise(i, 2) * 1e4)]
  return [
    `u-${(i * 7919) % 1_000_003}`,
    i === LATE ? 'oops' : i === LATE + 1 ? '-5' : amount,
    fee,
    amount + fee,
    i === LATE ? 'violet' : ['red', 'green', 'NA'][i % 3],
    i === LATE ? 'maybe' : ['yes', 'no'][i % 2],
    `w${i % 20_000}`,
  ]
})

describe('a file that is too large to keep', () => {
  const fractions: number[] = []
  let profile: ColumnsProfile

  beforeAll(async () => {
    profile = await profileColumns(dataFile(text), {}, (fraction) => fractions.push(fraction))
  })

  const column = (name: string) => profile.columns.find((each) => each.name === name)?.column

  it('is more than is kept', () => {
    expect(text.length).toBeGreaterThan(4 * 1024 * 1024)
    expect(profile.sampled).toBe(true)
  })

  it('is counted to the last row', () => {
    expect(profile.rows).toBe(ROWS)
    expect(column('colour')?.missing).toBeCloseTo(1 / 3)
    expect(column('amount')).toMatchObject({ type: 'numeric', min: -5 })
    expect(column('colour')?.values).toEqual(['red', 'green', 'violet'])
  })

  it('shows a malformed value with its line', () => {
    expect(profile.findings).toContainEqual(
      expect.objectContaining({
        column: 'amount',
        message: expect.stringContaining(`"oops" in line ${LATE + 2}`),
      }),
    )
  })

  it('is no boolean if a third value comes late', () => {
    expect(column('flag')).toMatchObject({ type: 'categorical', values: expect.arrayContaining(['maybe']) })
  })

  it('is read in bounded memory: many distinct values are counted up to a limit', () => {
    expect(column('uid')?.type).toBe('id')
    expect(column('word')?.distinct).toBeGreaterThanOrEqual(10_000)
    expect(column('word')?.values).toHaveLength(50)
  })

  it('has its leaks found in the sample, and they say so', () => {
    const { findings } = settleTask(profile, { target: 'total' })
    expect(findings.at(-1)?.message).toBe(
      '"amount" + "fee" = "total" in every row of the sample: they are left out',
    )
  })

  it('tells how far it is', () => {
    expect(fractions.length).toBeGreaterThan(1)
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
    expect(fractions.at(-1)).toBe(1)
  })

  it('may be compressed, and then comes to the same', async () => {
    const packed = await profileColumns(dataFile(gzipSync(text), 'csv.gz'))
    const described = ({ columns }: ColumnsProfile) =>
      columns.map(({ column: { distinct, moreValues, ...rest } }) => rest)
    expect(packed.rows).toBe(ROWS)
    expect(described(packed)).toEqual(described(profile))
  })

  it('gives the same sample each time', async () => {
    const again = await profileColumns(dataFile(text))
    expect(again.columns.map(({ column: each }) => each)).toEqual(
      profile.columns.map(({ column: each }) => each),
    )
  })
})
