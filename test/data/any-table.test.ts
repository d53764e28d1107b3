import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseContract, renderContract } from '../../src/data/contract-file.ts'
import { profileColumns, settleTask } from '../../src/data/profile.ts'
import { KnownError } from '../../src/errors.ts'
import { dataFile } from './data-file.ts'

/** Text that a CSV file can hold: no lone carriage returns, which are line ends outside quotes and inside. */
const anyText = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\r', ''))
const anyCell = fc.oneof(
  { weight: 2, arbitrary: anyText },
  { weight: 2, arbitrary: fc.integer({ min: -1000, max: 1000 }).map(String) },
  fc.float({ noNaN: true }).map(String),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
  fc.constantFrom('', 'NA', 'yes', 'no', '0', '1', 'null', '1,5', '01/02/2024', '-', '🚲', '{{x}}'),
)
const anyNames = fc.uniqueArray(
  anyText.filter((text) => text.trim() !== ''),
  { minLength: 2, maxLength: 5 },
)
const anyTable = anyNames.chain((names) =>
  fc.record({
    names: fc.constant(names),
    rows: fc.array(fc.array(anyCell, { minLength: names.length, maxLength: names.length }), {
      minLength: 1,
      maxLength: 30,
    }),
  }),
)

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
const asCsv = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => row.map(quoted).join(',')).join('\n')

describe('any table', () => {
  it('is read cell by cell as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(anyTable, async ({ names, rows }) => {
        // Words and numbers of its own in each column, so that the header is one beyond doubt.
        const text = asCsv([[...names, 'counter'], ...rows.map((row, i) => [...row, String(i)])])
        const { columns, rows: count } = await profileColumns(dataFile(text))
        expect(count).toBe(rows.length)
        expect(columns.map(({ name }) => name)).toEqual([...names, 'counter'])
        for (const [i, { draft }] of columns.slice(0, -1).entries()) {
          const { values, codes } = draft.evidence.dictionary
          expect(codes.map((code) => values[code])).toEqual(rows.map((row) => row[i]))
        }
      }),
      { numRuns: 150 },
    )
  })

  it('is profiled, and its contract comes back from its file, or it is refused with a message', async () => {
    await fc.assert(
      fc.asyncProperty(anyTable, async ({ names, rows }) => {
        const text = asCsv([[...names, 'counter'], ...rows.map((row, i) => [...row, String(i)])])
        const columns = await profileColumns(dataFile(text))
        try {
          const { contract } = settleTask(columns, { target: names[0] ?? '' })
          const again = parseContract(renderContract(contract), contract)
          expect(again.columns.map(({ name, type, values }) => [name, type, values])).toEqual(
            contract.columns.map(({ name, type, values }) => [name, type, values]),
          )
        } catch (error) {
          if (!(error instanceof KnownError)) throw error
          expect(error.message).not.toBe('')
        }
      }),
      { numRuns: 150 },
    )
  })
})
