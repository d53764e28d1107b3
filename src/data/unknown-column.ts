import { type KnownError, usageError } from '../errors.ts'
import { suggestion } from '../nearest.ts'
import { quoted } from './finding.ts'

const MOST_NAMES = 20

/** A name that the table does not have. */
export function unknownColumn(name: string, names: readonly string[]): KnownError {
  const some = names.slice(0, MOST_NAMES).map(quoted).join(', ')
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
  const near = suggestion(name, names) || containing(name, names)
  return usageError(`there is no column ${quoted(name)}${near}`, `The columns are ${some}${more}.`)
}

/** `churn` is far from `churned_customer` by letters, but not to a person. */
function containing(name: string, names: readonly string[]): string {
  const part = name.toLowerCase()
  const longer = names.find((each) => part.length > 1 && each.toLowerCase().includes(part))
  return longer === undefined ? '' : `; did you mean ${quoted(longer)}?`
}
