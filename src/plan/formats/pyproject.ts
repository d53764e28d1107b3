import { isWithin, parseRequirement, startsWithin } from './requirement.ts'
import { COMMON_RULES, type Rules } from './rules.ts'
import { isBlank } from './text.ts'
import type { Node } from './tree.ts'

/** What makes a project this one and not another: no layer has a say in it once a person wrote it. */
const IDENTITY = new Set([
  'name',
  'version',
  'description',
  'readme',
  'license',
  'license-files',
  'authors',
  'maintainers',
  'keywords',
  'classifiers',
  'urls',
])

/**
 * The rules for a pyproject.toml that the user had before (`base` is null) or keeps when a layer's goes
 * (`theirs` is empty): then its identity is the user's, also where a layer would have said the same. So is the
 * build system of a user who has one.
 *
 * A dependency that both have may differ only if the user's range lies within the layer's, which then has
 * what it needs; the user's text stays. Of `requires-python` only the start counts: few people write an end,
 * and installers do not heed it.
 */
export function pyprojectRules(base: string | null, theirs: string): Rules {
  const isNew = base === null
  return {
    ...COMMON_RULES,
    isYours: ([table, key], isSet) =>
      table === 'build-system' ? isNew && isSet : (isNew || isBlank(theirs)) && isIdentity(table, key),
    identify: (path, item) => (isDependencyList(path) ? (parseRequirement(item)?.identity ?? item) : item),
    satisfies: isNarrower,
  }
}

function isIdentity(table: string | undefined, key: string | undefined): boolean {
  return table === 'project' && key !== undefined && IDENTITY.has(key)
}

function isDependencyList([first, second, third]: readonly string[]): boolean {
  if (first === 'dependency-groups') return second !== undefined
  if (first === 'build-system') return second === 'requires'
  if (first === 'project') return second === 'dependencies' || second === 'optional-dependencies'
  return first === 'tool' && second === 'uv' && (third ?? '').endsWith('dependencies')
}

function isNarrower(path: readonly string[], yours: Node<unknown>, theirs: Node<unknown>): boolean {
  const [inner, outer] = [textOf(yours), textOf(theirs)]
  if (inner === undefined || outer === undefined) return false
  if (path.join('.') === 'project.requires-python') return startsWithin(inner, outer)
  const [narrow, wide] = [parseRequirement(inner), parseRequirement(outer)]
  if (!isDependencyList(path) || narrow === undefined || wide === undefined) return false
  return narrow.specifier === wide.specifier || isWithin(narrow.specifier, wide.specifier)
}

function textOf(node: Node<unknown>): string | undefined {
  return node.kind === 'leaf' && typeof node.value === 'string' ? node.value : undefined
}
