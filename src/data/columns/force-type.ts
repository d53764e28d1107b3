import type { KnownError } from '../../errors.ts'
import { usageError } from '../../errors.ts'
import type { ColumnType } from '../contract.ts'
import { guessDateFormats } from './date-formats.ts'
import { dateReader } from './dates.ts'
import { type Evidence, withMarks } from './evidence.ts'
import { type Guess, type ReadNumber, truePair } from './types.ts'

/**
 * Takes a column for what a person says it is.
 *
 * @throws KnownError (usage) when its values are nothing of the kind
 */
export function forceType(evidence: Evidence, type: ColumnType, read: ReadNumber): Guess {
  const all = withMarks(evidence)
  switch (type) {
    case 'numeric':
      return { type, missing: numericMissing(evidence, read) }
    case 'date':
      return dateOf(evidence)
    case 'boolean':
      return { type, missing: all.words, true: trueValue(all) }
    case 'ignore':
      return { type, missing: all.words, reason: 'left out by request' }
    default:
      return { type, missing: all.words }
  }
}

function numericMissing(evidence: Evidence, read: ReadNumber): string[] {
  const wrong = evidence.values.filter((value) => Number.isNaN(read(value)))
  if (wrong.length > evidence.values.length / 2 || evidence.values.length === 0)
    throw misfit(evidence, 'numeric', wrong)
  return [...evidence.words, ...evidence.marks]
}

function dateOf(evidence: Evidence): Guess {
  const { values, counts, words, marks } = evidence
  const epochs = ['epoch-seconds', 'epoch-milliseconds'].filter((format) => {
    const read = dateReader(format)
    return values.length > 0 && values.every((value) => !Number.isNaN(read?.(value)))
  })
  const guess = guessDateFormats(values, counts)
  const formats = guess !== undefined && guess.share > 0.5 ? guess.formats : epochs
  if (formats.length === 0) throw misfit(evidence, 'date', values)
  return { type: 'date', missing: [...words, ...marks], formats }
}

function trueValue(evidence: Evidence): string {
  const { values } = evidence
  if (values.length !== 2) {
    throw usageError(
      `"${evidence.name}" cannot be boolean: it has ${values.length} different values, expected two`,
      `Use --type ${evidence.name}=categorical.`,
    )
  }
  return truePair(values)?.true ?? [...values].sort().at(-1) ?? ''
}

function misfit({ name }: Evidence, type: ColumnType, wrong: readonly string[]): KnownError {
  const examples = wrong.slice(0, 3).map((value) => `"${value}"`)
  const found = examples.length === 0 ? 'all values are missing' : `it holds ${examples.join(', ')}`
  return usageError(
    `"${name}" cannot be ${type}: ${found}`,
    `Leave --type ${name}=${type} out, or correct the file.`,
  )
}
