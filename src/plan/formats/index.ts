import { basename } from 'node:path/posix'
import type { FormatResult } from '../item.ts'
import { IGNORE_FORMAT } from './ignore.ts'
import { JSON_FORMAT } from './json.ts'
import { mergeLines } from './line-list.ts'
import { mergeMakefile } from './makefile.ts'
import { NoOpinion } from './no-opinion.ts'
import { pyprojectRules } from './pyproject.ts'
import { REQUIREMENTS_FORMAT } from './requirements.ts'
import { COMMON_RULES } from './rules.ts'
import { mergeStructured } from './structured.ts'
import { dominantEol } from './text.ts'
import { TOML_FORMAT } from './toml.ts'
import { YAML_FORMAT } from './yaml.ts'

type Merge = (base: string | null, yours: string, theirs: string, path: string) => FormatResult

/** How each kind of file is merged; the first one counts that matches the file's name. */
const FORMATS: readonly (readonly [RegExp, Merge])[] = [
  [/^\.\w+ignore$/, textually((...texts) => mergeLines(IGNORE_FORMAT, ...texts))],
  [/^(requirements|constraints).*\.txt$/, textually((...texts) => mergeLines(REQUIREMENTS_FORMAT, ...texts))],
  [
    /^pyproject\.toml$/,
    textually((...texts) => mergeStructured(TOML_FORMAT, pyprojectRules(texts[0], texts[2]), ...texts)),
  ],
  [/\.toml$/, textually((...texts) => mergeStructured(TOML_FORMAT, COMMON_RULES, ...texts))],
  [/\.ya?ml$/, textually((...texts) => mergeStructured(YAML_FORMAT, COMMON_RULES, ...texts))],
  [/\.json$/, textually((...texts) => mergeStructured(JSON_FORMAT, COMMON_RULES, ...texts))],
  [/^Makefile$/, (base, yours, theirs, path) => mergeMakefile(path, base, yours, theirs)],
]

const BOM = '\uFEFF'

/**
 * Merges a file that both the user and a layer want, by what the file means: everything of `yours` stays,
 * what `theirs` adds to `base` comes in, and what it takes from `base` goes where it is unchanged. `base` is
 * null where the layer's file is new. The result is null, which leaves a conflict, for other kinds of files,
 * where both want something different for one key, and where the result would not be certain.
 */
export function formatMerge(
  path: string,
  base: string | null,
  yours: string,
  theirs: string,
): FormatResult | null {
  const merge = FORMATS.find(([name]) => name.test(basename(path)))?.[1]
  if (merge === undefined || hasLoneReturn(yours)) return null
  try {
    const { text, ...rest } = merge(
      base && withoutBom(base),
      closed(withoutBom(yours)),
      withoutBom(theirs),
      path,
    )
    return { text: likeYours(text, yours), ...rest }
  } catch (error) {
    if (error instanceof NoOpinion) return null
    throw error
  }
}

/** Some programs take it for the end of a line and some do not. */
function hasLoneReturn(text: string): boolean {
  return /\r(?!\n)/.test(text)
}

/** The text with a final newline, so that lines can be added below the last one. */
function closed(text: string): string {
  return text === '' || text.endsWith('\n') ? text : text + dominantEol(text)
}

/** With a BOM, and without a final newline, where the user's text is so. */
function likeYours(text: string, yours: string): string {
  const isOpen = yours !== '' && !yours.endsWith('\n')
  return (yours.startsWith(BOM) ? BOM : '') + (isOpen ? text.replace(/\r?\n$/, '') : text)
}

/** A merge that needs one file only, and none where nobody changed anything. */
function textually(merge: (base: string | null, yours: string, theirs: string) => string): Merge {
  return (base, yours, theirs) => {
    const text = base === theirs || yours === theirs ? yours : merge(base, yours, theirs)
    return { text }
  }
}

function withoutBom(text: string): string {
  return text.startsWith(BOM) ? text.slice(BOM.length) : text
}
