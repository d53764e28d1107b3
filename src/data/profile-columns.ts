import { basename } from 'node:path'
import { KnownError, usageError } from '../errors.ts'
import { suggestion } from '../nearest.ts'
import { countAll, countSample, distinctLimit, newTally, recount } from './columns/count.ts'
import { type Evidence, gatherEvidence } from './columns/evidence.ts'
import { forceType } from './columns/force-type.ts'
import { detectNumberFormat, numberReader } from './columns/numbers.ts'
import { contradiction, type Draft } from './columns/profile-column.ts'
import { guessType, type ReadNumber } from './columns/types.ts'
import { COLUMN_TYPES, type ColumnType } from './contract.ts'
import { type ColumnsProfile, describeTable } from './describe-table.ts'
import { type Encoding, EncodingChange, guessEncoding } from './read/encoding.ts'
import { type OnProgress, openTable, type Table } from './read/table.ts'
import { unknownColumn } from './unknown-column.ts'

export type TypeWishes = Readonly<Record<string, ColumnType>>

/**
 * Reads a data file and finds out what its columns are: types from a sample, everything else from all rows.
 *
 * @throws KnownError when the file cannot be read, is no table, or a wish does not fit it
 */
export async function profileColumns(
  file: string,
  types: TypeWishes = {},
  onProgress: OnProgress = () => {},
): Promise<ColumnsProfile> {
  const read = async (encoding?: Encoding) =>
    profileTable(file, await openTable(file, encoding), types, onProgress)
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof EncodingChange)) throw error
    return read(await guessEncoding(error.bytes)).catch((again) => {
      throw again instanceof EncodingChange ? undecodable(file) : again
    })
  }
}

/** The same table, with what a person says about the types of some columns. */
export function retype(table: ColumnsProfile, types: TypeWishes): ColumnsProfile {
  if (Object.keys(types).length === 0) return table
  const names = table.columns.map(({ name }) => name)
  checkWishes(names, types)
  const readNumber = numberReader(table.source)
  const drafts = table.columns.map(({ name, column, draft }) => {
    const type = wishFor(name, types)
    if (type === undefined || (type === column.type && draft.wished)) return draft
    const guess = forceType(draft.evidence, type, readNumber)
    return { ...draft, guess, wished: true, tally: recount(draft, guess, readNumber) }
  })
  return describeTable({ ...table, drafts })
}

async function profileTable(
  file: string,
  table: Table,
  types: TypeWishes,
  onProgress: OnProgress,
): Promise<ColumnsProfile> {
  const { names } = table
  checkWishes(names, types)
  const evidence = table.sample.dictionaries.map((dictionary, i) =>
    gatherEvidence(names[i] ?? '', dictionary, table.complete),
  )
  const format = detectNumberFormat(evidence.map(({ values }) => values))
  const readNumber = numberReader(format)
  const drafts = draftColumns(evidence, types, readNumber)
  const tallies = drafts.map(({ tally }) => tally)
  const rows = table.complete ? countSample(table, tallies) : await countAll(table, tallies, onProgress)
  const source = { path: `data/raw/${basename(file)}`, ...table.source, ...format, missing: [] }
  const settled = drafts.map((draft) => heedAllRows(draft, readNumber))
  return describeTable({ source, rows, sampled: !table.complete, drafts: settled })
}

/** Columns with a type, and with an empty tally. */
function draftColumns(evidence: readonly Evidence[], types: TypeWishes, readNumber: ReadNumber): Draft[] {
  const guessed = evidence.map((each) => {
    const wish = wishFor(each.name, types)
    const guess = wish === undefined ? guessType(each, readNumber) : forceType(each, wish, readNumber)
    return { evidence: each, guess, wished: wish !== undefined }
  })
  return guessed.map((draft) => ({
    ...draft,
    tally: newTally(
      draft.guess,
      draft.evidence,
      readNumber,
      distinctLimit(draft.guess.type, evidence.length),
    ),
  }))
}

/** The sample may have been wrong about a column. */
function heedAllRows(draft: Draft, readNumber: ReadNumber): Draft {
  const guess = draft.wished ? undefined : contradiction(draft.guess, draft.tally)
  return guess === undefined ? draft : { ...draft, guess, tally: recount(draft, guess, readNumber) }
}

function wishFor(name: string, types: TypeWishes): ColumnType | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined
}

function checkWishes(names: readonly string[], types: TypeWishes): void {
  for (const [name, type] of Object.entries(types)) {
    if (!names.includes(name)) throw unknownColumn(name, names)
    if (!COLUMN_TYPES.includes(type)) {
      throw usageError(
        `"${type}" is no type of a column${suggestion(type, COLUMN_TYPES)}`,
        `--type ${name}=TYPE takes one of ${COLUMN_TYPES.join(', ')}.`,
      )
    }
  }
}

function undecodable(file: string): KnownError {
  return new KnownError(`${basename(file)}: its text is in no encoding that could be recognised`, {
    hint: 'Save it as UTF-8.',
  })
}
