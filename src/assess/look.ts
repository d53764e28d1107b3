import { type Evidence, inSource } from './evidence.ts'
import type { Call } from './repository/python.ts'
import type { Repository } from './repository/repository.ts'
import type { Source } from './repository/sources.ts'

/** The repository's own code without its tests; notebooks are part of it. */
export function codeOf({ sources }: Repository): Source[] {
  return sources.filter(({ isTest }) => !isTest)
}

export function testsOf({ sources }: Repository): Source[] {
  return sources.filter(({ isTest }) => isTest)
}

/** Modules, which another file or a command can run; a notebook needs a person. */
export function modulesOf(repository: Repository): Source[] {
  return codeOf(repository).filter(({ isNotebook }) => !isNotebook)
}

/** Calls whose full name fits, as evidence. */
export function calls(sources: Iterable<Source>, pattern: RegExp, args?: RegExp): Evidence[] {
  return [...sources].flatMap((source) =>
    callsIn(source, pattern, args).map((call) => inSource(source, call.line, `${call.name}()`)),
  )
}

export function callsIn(source: Source, pattern: RegExp, args?: RegExp): Call[] {
  return source.calls.filter(
    (call) => pattern.test(call.name) && (args === undefined || args.test(call.args)),
  )
}

/** Names and texts in code that fit; one for each source. Comments and docstrings do not count. */
export function mentions(sources: Iterable<Source>, pattern: RegExp): Evidence[] {
  return [...sources].flatMap((source) => mentionIn(source, pattern) ?? [])
}

export function mentionIn(source: Source, pattern: RegExp): Evidence | undefined {
  for (const [name, line] of source.names) if (pattern.test(name)) return inSource(source, line, name)
  for (const { value, line } of source.strings) {
    const match = pattern.exec(value)
    if (match !== null) return inSource(source, line, `"${match[0]}"`)
  }
  return undefined
}

/** Functions or classes whose name fits. */
export function definitions(sources: Iterable<Source>, pattern: RegExp): Evidence[] {
  return [...sources].flatMap((source) =>
    [...source.functions, ...source.classes]
      .filter(({ name }) => pattern.test(name))
      .map(({ name, line }) => inSource(source, line, name)),
  )
}

/** Lines of text files that fit; at most one for each file. */
export function lines(repository: Repository, files: RegExp, pattern: RegExp): Evidence[] {
  return repository.find(files).flatMap(({ path }) => {
    const found = (repository.text(path) ?? '').split('\n').findIndex((line) => pattern.test(line))
    return found === -1 ? [] : [{ path, line: found + 1, what: lineAt(repository, path, found) }]
  })
}

/** Files whose path fits, as evidence. */
export function files(repository: Repository, pattern: RegExp): Evidence[] {
  return repository.find(pattern).map(({ path }) => ({ path, line: 1, what: 'file' }))
}

function lineAt(repository: Repository, path: string, index: number): string {
  const line = (repository.text(path) ?? '').split('\n')[index] ?? ''
  return line.trim().slice(0, 80)
}

/** Code of the programs that lead to some sources: what imports them, directly or not, and all that these import. */
export function connectedTo(repository: Repository, sources: readonly Source[]): Source[] {
  const { modules } = repository
  return [...modules.reach(modules.reaching(sources))].filter(({ isTest }) => !isTest)
}
