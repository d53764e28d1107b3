import type { Source } from './sources.ts'

/** Which sources import which, among those of the repository. */
export interface Modules {
  /** Some sources and everything that they import, directly or not. */
  reach(sources: Iterable<Source>): Set<Source>
  /** Some sources and everything that imports them, directly or not. */
  reaching(sources: Iterable<Source>): Set<Source>
}

export function readModules(sources: readonly Source[]): Modules {
  const byName = index(sources)
  const imports = new Map<Source, readonly Source[]>()
  const importers = new Map<Source, Source[]>()
  for (const source of sources) {
    const found = source.imports.flatMap(({ module, name }) => resolve(source, module, name, byName))
    imports.set(source, found)
    for (const each of found) {
      const known = importers.get(each)
      if (known === undefined) importers.set(each, [source])
      else known.push(source)
    }
  }
  return {
    reach: (from) => follow(from, imports),
    reaching: (from) => follow(from, importers),
  }
}

function follow(from: Iterable<Source>, edges: ReadonlyMap<Source, readonly Source[]>): Set<Source> {
  const seen = new Set(from)
  for (const each of seen) for (const next of edges.get(each) ?? []) seen.add(next)
  return seen
}

/** Of a name such as `utils` a large repository has hundreds, and looking through them all would take its square. */
const MOST_NAMESAKES = 20

/** Each source by every dotted name that an import could call it: `src/churn/train.py` is `churn.train` and `train` too. */
function index(sources: readonly Source[]): Map<string, Source[]> {
  const byName = new Map<string, Source[]>()
  for (const source of sources) {
    if (source.isNotebook) continue
    const parts = source.path.replace(/(\/__init__)?\.py$/, '').split('/')
    for (let from = Math.max(0, parts.length - 6); from < parts.length; from++) {
      const name = parts.slice(from).join('.')
      const known = byName.get(name)
      if (known === undefined) byName.set(name, [source])
      else if (known.length < MOST_NAMESAKES) known.push(source)
    }
  }
  return byName
}

function resolve(
  source: Source,
  module: string,
  name: string | undefined,
  byName: ReadonlyMap<string, readonly Source[]>,
): readonly Source[] {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0
  const folder = source.path.split('/').slice(0, -1)
  if (dots === 0) {
    const member = name === undefined ? undefined : nearest(byName.get(`${module}.${name}`), folder)
    const whole = nearest(byName.get(module), folder)
    return [member, whole].filter((each) => each !== undefined)
  }
  const base = folder.slice(0, folder.length - (dots - 1)).slice(-5)
  const full = [...base, ...module.slice(dots).split('.').filter(Boolean)].join('.')
  const member = name === undefined ? undefined : nearest(byName.get(`${full}.${name}`), folder)
  return [member, nearest(byName.get(full), folder)].filter((each) => each !== undefined)
}

/** Of several files that a name could mean, the one that shares most of the importing file's folder. */
function nearest(candidates: readonly Source[] | undefined, folder: readonly string[]): Source | undefined {
  if (candidates === undefined) return undefined
  const shared = (source: Source) => {
    const parts = source.path.split('/')
    let count = 0
    while (count < folder.length && folder[count] === parts[count]) count++
    return count
  }
  return candidates.reduce((best, each) => (shared(each) > shared(best) ? each : best))
}
