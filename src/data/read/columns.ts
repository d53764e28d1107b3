import { basename } from 'node:path'
import { KnownError } from '../../errors.ts'

const MOST_COLUMNS = 2000

/** @throws KnownError unless these names can be those of a table to learn from */
export function checkNames(file: string, names: readonly string[]): void {
  const name = basename(file)
  if (names.length > MOST_COLUMNS) {
    throw new KnownError(`${name} has ${names.length} columns; up to ${MOST_COLUMNS} are supported`, {
      hint: 'Select or aggregate columns first; a table this wide needs a step of its own.',
    })
  }
  if (names.length === 1) {
    throw new KnownError(`${name} has one column only: "${names[0]}"`, {
      hint: 'A model needs a target and at least one other column. Is the delimiter unusual?',
    })
  }
  const empty = names.findIndex((each) => each.trim() === '')
  if (empty !== -1) {
    throw new KnownError(`${name}: column ${empty + 1} has no name`, { hint: emptyNameHint(empty, names) })
  }
  refuseDuplicates(name, names)
}

function refuseDuplicates(file: string, names: readonly string[]): void {
  const first = new Map<string, number>()
  for (const [i, name] of names.entries()) {
    const earlier = first.get(name)
    if (earlier !== undefined) {
      throw new KnownError(`${file}: columns ${earlier + 1} and ${i + 1} are both named "${name}"`, {
        hint: 'Give every column a name of its own.',
      })
    }
    first.set(name, i)
  }
}

function emptyNameHint(empty: number, names: readonly string[]): string {
  if (empty === 0) return 'Name it. pandas writes such a column for its index: use to_csv(…, index=False).'
  if (empty === names.length - 1) return 'Name it, or remove the delimiter at the end of each line.'
  return 'Give every column a name of its own.'
}
