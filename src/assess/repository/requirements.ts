import { parse as parseToml } from '@decimalturn/toml-patch'
import type { YamlFile } from './yaml-lines.ts'

/** A Python package that the repository says it needs. */
export interface Requirement {
  /** In lower case, with `-` for `_` and `.`. */
  readonly name: string
  readonly path: string
  readonly line: number
  /** Whether exactly one version fits. */
  readonly isPinned: boolean
}

const REQUIREMENT = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(.*)$/

export function readRequirementsTxt(path: string, text: string): Requirement[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw
      .replace(/(^|\s)#.*$/, '')
      .replace(/\\$/, '')
      .trim()
    return line === '' || line.startsWith('-') || /^(git\+|https?:|file:|\.)/.test(line)
      ? []
      : requirement(line, path, index + 1)
  })
}

/** The tables of pyproject.toml and Pipfile that hold requirements, whoever reads them: pip, uv, PDM, Poetry, Pipenv. */
export function readTomlRequirements(path: string, text: string): Requirement[] {
  const data = tomlOf(text)
  const project = record(data.project)
  const lists = [
    project.dependencies,
    ...Object.values(record(project['optional-dependencies'])),
    ...Object.values(record(data['dependency-groups'])),
  ]
  const listed = lists
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .filter((each) => typeof each === 'string')
  const poetry = record(record(data.tool).poetry)
  const tables = [
    poetry.dependencies,
    poetry['dev-dependencies'],
    ...Object.values(record(poetry.group)).map((group) => record(group).dependencies),
    data.packages,
    data['dev-packages'],
  ]
  const named = tables.flatMap((table) => Object.entries(record(table))).filter(([name]) => name !== 'python')
  const lines = text.split('\n')
  const lineOf = (name: string) => lines.findIndex((line) => line.includes(name)) + 1 || 1
  return [
    ...listed.flatMap((each) => requirement(each, path, lineOf(each))),
    ...named.map(([name, version]) => ({
      name: normal(name),
      path,
      line: lineOf(name),
      isPinned: /^={0,3}\d[\w.]*$/.test(typeof version === 'string' ? version : ''),
    })),
  ]
}

export function tomlOf(text: string): Record<string, unknown> {
  try {
    return parseToml(text) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** The dependencies of a conda environment, those of its pip part too. */
export function readCondaEnvironment(path: string, { leaves }: YamlFile): Requirement[] {
  return leaves
    .filter(({ keys }) => keys[0] === 'dependencies')
    .flatMap(({ value, line }) => requirement(value.replace(/^[\w-]+::/, ''), path, line))
    .filter(({ name }) => name !== 'python' && name !== 'pip')
}

/** What `install_requires` of a setup.py lists. */
export function readSetupPy(path: string, text: string): Requirement[] {
  const list = /(?:install_requires|extras_require)\s*=\s*(\[[^\]]*\]|\{[^}]*\})/g
  return [...text.matchAll(list)].flatMap((match) =>
    [...(match[1] as string).matchAll(/["']([A-Za-z][^"']*)["']\s*(?!\s*:)/g)].flatMap((each) =>
      requirement(each[1] as string, path, text.slice(0, match.index).split('\n').length),
    ),
  )
}

function requirement(text: string, path: string, line: number): Requirement[] {
  const match = REQUIREMENT.exec(text.split(';')[0] as string)
  if (match === null) return []
  const version = (match[2] as string).trim()
  return [
    {
      name: normal(match[1] as string),
      path,
      line,
      isPinned: /^={1,3}\s*[\w.+!]+$/.test(version) || /^=[\w.]+=\w+$/.test(version),
    },
  ]
}

function normal(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}
