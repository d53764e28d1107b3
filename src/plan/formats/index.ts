import { basename } from 'node:path/posix'
import { JSON_FORMAT } from './json.ts'
import { NoOpinion } from './no-opinion.ts'
import { pyprojectRules } from './pyproject.ts'
import { COMMON_RULES } from './rules.ts'
import { mergeStructured } from './structured.ts'
import { TOML_FORMAT } from './toml.ts'
import { YAML_FORMAT } from './yaml.ts'

type Merge = (base: string | null, yours: string, theirs: string) => string

/** What each kind of file is merged by, the first that matches its name. */
const FORMATS: readonly (readonly [RegExp, Merge])[] = [
  [
    /^pyproject\.toml$/,
    (base, ...others) => mergeStructured(TOML_FORMAT, pyprojectRules(base), base, ...others),
  ],
  [/\.toml$/, (...texts) => mergeStructured(TOML_FORMAT, COMMON_RULES, ...texts)],
  [/\.ya?ml$/, (...texts) => mergeStructured(YAML_FORMAT, COMMON_RULES, ...texts)],
  [/\.json$/, (...texts) => mergeStructured(JSON_FORMAT, COMMON_RULES, ...texts)],
]

const BOM = '\uFEFF'

/**
 * Merges a file that both the user and a layer want, by what the file means: everything of `yours` stays,
 * what `theirs` adds to `base` comes in, and what it takes from `base` goes where it is unchanged. `base` is
 * null where the layer's file is new. The result is null, which leaves a conflict, for other kinds of files,
 * where both want something different for one key, and where the result would not be certain.
 */
export function formatMerge(path: string, base: string | null, yours: string, theirs: string): string | null {
  const merge = FORMATS.find(([name]) => name.test(basename(path)))?.[1]
  if (merge === undefined) return null
  if (base === theirs || yours === theirs) return yours
  try {
    const bom = yours.startsWith(BOM) ? BOM : ''
    return bom + merge(base && withoutBom(base), withoutBom(yours), withoutBom(theirs))
  } catch (error) {
    if (error instanceof NoOpinion) return null
    throw error
  }
}

function withoutBom(text: string): string {
  return text.startsWith(BOM) ? text.slice(BOM.length) : text
}
