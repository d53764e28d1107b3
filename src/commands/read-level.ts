import { usageError } from '../errors.ts'
import { LEVELS, type LevelNumber } from '../layers/level.ts'

/** @throws KnownError (usage) for a value that is no level */
export function readLevel(flag: string, value: string | undefined): LevelNumber | undefined {
  if (value === undefined) return undefined
  const level = LEVELS.find((each) => String(each) === value)
  if (level === undefined) throw usageError(`--${flag} is "${value}", expected a number from 1 to 5`)
  return level
}
