import { join } from 'node:path'
import { includedBy, readWorkflow, systemOf, type Workflow } from './ci.ts'
import { readMakefile, type Target } from './makefile.ts'
import { type Modules, readModules } from './modules.ts'
import {
  type Requirement,
  readCondaEnvironment,
  readRequirementsTxt,
  readSetupPy,
  readTomlRequirements,
} from './requirements.ts'
import { readSources, type Script, type Source, type Sources } from './sources.ts'
import { readTags } from './tags.ts'
import { readText } from './text.ts'
import { type FileEntry, walk } from './walk.ts'
import { readYaml, type YamlFile } from './yaml-lines.ts'

/** What the rules look at. Everything is read once, when it is first asked for. */
export interface Repository {
  readonly root: string
  readonly files: readonly FileEntry[]
  /** The files whose whole path fits. */
  find(pattern: RegExp): readonly FileEntry[]
  /** Undefined where the file is missing, binary or too large. */
  text(path: string): string | undefined
  yaml(path: string): YamlFile
  /** Python files and notebooks. */
  readonly sources: readonly Source[]
  /** Telling Python files that were too many to be parsed. */
  readonly skipped: number
  readonly modules: Modules
  readonly workflows: readonly Workflow[]
  readonly targets: readonly Target[]
  readonly requirements: readonly Requirement[]
  /** The first names of everything that some Python file imports, parsed or not. */
  readonly imported: ReadonlySet<string>
  /** The tags of git. */
  readonly tags: readonly string[]
}

export function openRepository(root: string): Repository {
  return repositoryOf(root, walk(root), (path, size) => readText(join(root, path), size), readTags(root))
}

/** A repository of some files, read by `read`; a part of a larger one has a part of its files and of what CI runs. */
export function repositoryOf(
  root: string,
  files: readonly FileEntry[],
  read: (path: string, size: number) => string | undefined,
  tags: readonly string[] = [],
  isOurs: (command: string) => boolean = () => true,
): Repository {
  const sizes = new Map(files.map(({ path, size }) => [path, size]))
  const text = remember((path: string) => {
    const size = sizes.get(path)
    return size === undefined ? undefined : read(path, size)
  })
  const find = (pattern: RegExp) => files.filter(({ path }) => pattern.test(path))
  const yaml = remember((path: string) => readYaml(text(path) ?? ''))
  const once = remember(
    (what: 'sources' | 'modules' | 'workflows' | 'targets' | 'requirements' | 'imported') => readers[what](),
  ) as <T>(what: keyof typeof readers) => T
  const readers = {
    sources: () =>
      readSources(
        find(/\.(py|ipynb)$/).flatMap(({ path }): Script[] => {
          const content = text(path)
          return content === undefined ? [] : [[path, content]]
        }),
      ),
    modules: () => readModules(once<Sources>('sources').sources),
    workflows: () =>
      files.flatMap(({ path }) => {
        const system = systemOf(path)
        if (system === undefined) return []
        const included = system === 'gitlab' ? includedBy(yaml(path)) : []
        return [path, ...included].flatMap((each) => {
          const content = text(each)
          if (content === undefined) return []
          const workflow = readWorkflow(each, system, content)
          return [{ ...workflow, steps: workflow.steps.filter(({ command }) => isOurs(command)) }]
        })
      }),
    targets: () =>
      find(/(^|\/)(GNU)?[Mm]akefile$|\.mk$/).flatMap(({ path }) => readMakefile(path, text(path) ?? '')),
    requirements: () => readRequirements(find, (path) => text(path) ?? '', yaml),
    imported: () => readImported(find(/\.py$/), text, once<Sources>('sources').sources),
  }
  return {
    root,
    files,
    tags,
    find,
    text,
    yaml,
    get sources() {
      return once<Sources>('sources').sources
    },
    get skipped() {
      return once<Sources>('sources').skipped
    },
    get modules() {
      return once<Modules>('modules')
    },
    get workflows() {
      return once<Workflow[]>('workflows')
    },
    get targets() {
      return once<Target[]>('targets')
    },
    get requirements() {
      return once<Requirement[]>('requirements')
    },
    get imported() {
      return once<Set<string>>('imported')
    },
  }
}

function readRequirements(
  find: Repository['find'],
  text: (path: string) => string,
  yaml: Repository['yaml'],
): Requirement[] {
  const of = (pattern: RegExp, read: (path: string, content: string) => Requirement[]) =>
    find(pattern).flatMap(({ path }) => read(path, text(path)))
  return [
    ...of(/(^|\/)(requirements[^/]*|requirements\/[^/]+)\.(txt|in)$/, readRequirementsTxt),
    ...of(/(^|\/)(pyproject\.toml|Pipfile)$/, readTomlRequirements),
    ...of(/(^|\/)(environment|conda|conda_env)[^/]*\.ya?ml$/, (path) =>
      readCondaEnvironment(path, yaml(path)),
    ),
    ...of(/(^|\/)setup\.py$/, readSetupPy),
  ]
}

function readImported(
  python: readonly FileEntry[],
  text: Repository['text'],
  sources: readonly Source[],
): Set<string> {
  const imported = new Set<string>()
  for (const { path } of python)
    for (const match of (text(path) ?? '').matchAll(/^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w*)/gm))
      imported.add(match[1] as string)
  for (const source of sources)
    for (const { module } of source.imports) imported.add(module.split('.')[0] as string)
  return imported
}

function remember<Key, Value>(read: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>()
  return (key) => {
    if (!known.has(key)) known.set(key, read(key))
    return known.get(key) as Value
  }
}
