import type { LineFormat } from './line-list.ts'
import { isWithin, parseRequirement } from './requirement.ts'

/** The options of pip that a file sets once. */
const SINGLE_OPTION = /^(-i|--index-url|--no-index|--prefer-binary|--only-binary|--no-binary)(?:[\s=]+(.*))?$/

/**
 * pip's requirements files. A package that both have may differ only if the user's range lies within the
 * layer's, which then has what it needs.
 */
export const REQUIREMENTS_FORMAT: LineFormat = {
  read(line) {
    const text = line.replace(/(?:^|\s+)#.*$/gm, '').trim()
    if (text === '') return undefined
    const [, option, value = ''] = SINGLE_OPTION.exec(text) ?? []
    if (option !== undefined) return { key: option === '-i' ? '--index-url' : option, value }
    const requirement = text.startsWith('-') ? undefined : parseRequirement(text)
    return requirement === undefined
      ? { key: text, value: '' }
      : { key: requirement.identity, value: requirement.specifier }
  },
  isContinued: (line) => line.endsWith('\\'),
  satisfies: isWithin,
  place: (yours) => yours.length,
}
