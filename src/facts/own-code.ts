import { posix } from 'node:path'
import { callsIn, codeOf } from '../assess/look.ts'
import type { Repository } from '../assess/repository/repository.ts'
import type { Source } from '../assess/repository/sources.ts'
import { scoringOf, trainingOf } from '../assess/roles.ts'
import { NO_OWN_CODE, type OwnCode } from '../project/own.ts'

const FIT = /(^|\.)fit$|\.train$/
const PREDICT = /(^|[.?])predict(_proba)?$/
const MODEL_FILE = /[^\s"'/\\:][^"'\\:]*\.(pkl|pickle|joblib|sav|onnx|pt|pth|h5|keras|cbm|ubj|safetensors)$/i
const LOGS_MODEL = /(^|\.)mlflow\.(sklearn\.)?autolog$|(^|\.)mlflow\.sklearn\.log_model$/
const TABLE_FILE = /\.(csv|tsv|parquet|pq)$/i
const CONDA_FILES = ['environment.yml', 'environment.yaml', 'conda.yaml', 'conda.yml']
const SETTINGS = /\.(ya?ml|json|toml|ini|cfg)$/i

/**
 * How a repository's own code can be called, as far as its files show it: paths are relative to its top. Undefined
 * where nothing trains.
 *
 * @param data the data file, relative to the repository; of several trainings the one that reads it is taken
 */
export function ownCodeOf(repository: Repository, data: string | undefined): OwnCode | undefined {
  const training = chooseTraining(repository, data)
  if (training === undefined) return undefined
  const features = featuresOf(repository, [training, ...scoringOf(repository)])
  const stages = stagesUpTo(repository, training)
  const read = readBy(repository, training)
  const train = stages === undefined ? entryOf(repository, training) : stages.command
  return {
    ...NO_OWN_CODE,
    train,
    code: codeNeeded(repository, [training, ...(features?.sources ?? []), ...(stages?.sources ?? [])]),
    data: (stages === undefined ? (read.table ?? data) : (data ?? read.table)) ?? null,
    reads: read.reads ?? null,
    fill_up: /\[\s*(:\s*\d{2,}|\d{2,}\s*:)\s*\]/.test(repository.text(training.path) ?? ''),
    model: modelOf(repository, training) ?? (returnsModel(train) ? 'model.joblib' : null),
    features: features?.name ?? null,
    requirements: requirementsOf(repository, training),
  }
}

function chooseTraining(repository: Repository, data: string | undefined): Source | undefined {
  const weigh = (source: Source) =>
    (data !== undefined && belongsTo(source, data) ? 4 : 0) +
    (source.isNotebook ? 0 : 2) +
    (source.strings.some(({ value }) => MODEL_FILE.test(value)) ? 1 : 0)
  const [best] = trainingOf(repository)
    .map((source) => ({ source, weight: weigh(source) }))
    .sort((a, b) => b.weight - a.weight || a.source.path.localeCompare(b.source.path))
  return best?.source
}

/** Whether a source reads a data file, or lies beside it. */
function belongsTo(source: Source, data: string): boolean {
  if (source.strings.some(({ value }) => value === data)) return true
  return source.path.includes('/') && posix.dirname(source.path) === posix.dirname(data)
}

/** How a person would start it: a function that is given rows, one that takes nothing, a module, a script. */
function entryOf(repository: Repository, source: Source): string {
  const { path } = source
  if (source.isNotebook) return path
  const module = moduleOf(path)
  const packaged = isPackaged(repository, path)
  if (!packaged && path.replace(/^src\//, '').includes('/')) return path
  const text = repository.text(path) ?? ''
  const fitting = new Set(callsIn(source, FIT).map(({ within }) => within))
  const given = [...fitting].find(
    (name) => /^(fit|train)\w*$/.test(name) && parametersOf(text, name) === 1 && returns(text, name),
  )
  if (given !== undefined && isImportable(source)) return `${module}:${given}`
  const whole = [...fitting].find((name) => name !== '' && parametersOf(text, name) === 0)
  if (whole !== undefined && isImportable(source) && dumps(source, whole)) return `${module}:${whole}`
  return packaged ? `python -m ${module}` : path
}

/** Importing it runs nothing but definitions. */
function isImportable(source: Source): boolean {
  return callsIn(source, FIT).every(({ within }) => within !== '')
}

function dumps(source: Source, within: string): boolean {
  return callsIn(source, /(^|\.)(dump|save\w*|to_pickle)$/).some((call) => call.within === within)
}

/** How many arguments a function of a file cannot do without; undefined where it is none of its own. */
function parametersOf(text: string, name: string): number | undefined {
  const list = new RegExp(`^def ${name}\\(([^)]*)\\)`, 'm').exec(text)?.[1]
  if (list === undefined) return undefined
  const parameters = list.split(',').map((each) => each.trim())
  return parameters.filter((each) => each !== '' && !each.includes('=') && !each.startsWith('*')).length
}

function returns(text: string, name: string): boolean {
  const body = text.split(new RegExp(`^def ${name}\\(.*\n`, 'm'))[1]?.split(/^\S/m)[0] ?? ''
  return /^\s+return\s+\S/m.test(body)
}

function returnsModel(train: string): boolean {
  return /^[\w.]+:\w+$/.test(train)
}

/** `src/churn/train.py` is the module `churn.train`. */
function moduleOf(path: string): string {
  return path
    .replace(/^src\//, '')
    .replace(/\.py$/, '')
    .replaceAll('/', '.')
}

function isPackaged(repository: Repository, path: string): boolean {
  return path.includes('/') && repository.text(posix.join(posix.dirname(path), '__init__.py')) !== undefined
}

/** The file that training leaves the model in: named in its text, the only one that there is, or where MLflow puts it. */
function modelOf(repository: Repository, source: Source): string | undefined {
  const named = source.strings.map(({ value }) => value).find((value) => MODEL_FILE.test(value))
  if (named !== undefined) return beside(source, named)
  const saved = repository.find(MODEL_FILE)
  if (saved.length > 0) return saved.length === 1 ? saved[0]?.path : undefined
  return callsIn(source, LOGS_MODEL).length > 0 ? 'mlruns/**/model.pkl' : undefined
}

/** A path as a script writes it; `/model.joblib` is added to the script's own folder. */
function beside(source: Source, path: string): string {
  return path.startsWith('/') ? posix.join(posix.dirname(source.path), path) : posix.normalize(path)
}

/**
 * The table that training reads: named in its text, or the only one that there is. Where it is named by a path that only
 * one machine has, that path too, and the table of the repository that it ends with.
 */
function readBy(repository: Repository, source: Source): { table?: string; reads?: string } {
  const tables = repository.find(TABLE_FILE).map(({ path }) => path)
  const named = source.strings.map(({ value }) => value).filter((value) => TABLE_FILE.test(value))
  const [first] = named
  if (first !== undefined && named.every((path) => isOfOneMachine(source, path))) {
    const table = tables.find((path) => first.replaceAll('\\', '/').endsWith(`/${path}`))
    return { reads: first, ...(table === undefined ? {} : { table }) }
  }
  const paths = named.map((value) => beside(source, value.replaceAll('\\', '/')))
  const table = paths.find((path) => tables.includes(path)) ?? (tables.length === 1 ? tables[0] : undefined)
  return table === undefined ? {} : { table }
}

function isOfOneMachine(source: Source, path: string): boolean {
  if (/^[A-Za-z]:[\\/]|^~|:\/\//.test(path)) return true
  return path.startsWith('/') && path.lastIndexOf('/') > 0 && !source.names.has('__file__')
}

/** The stages of dvc.yaml up to the one that trains, as one command. */
function stagesUpTo(
  repository: Repository,
  training: Source,
): { command: string; sources: Source[] } | undefined {
  const content = repository.text('dvc.yaml') === undefined ? undefined : repository.yaml('dvc.yaml').data
  const stages = Object.values((content as { stages?: object } | undefined)?.stages ?? {}) as {
    cmd?: unknown
  }[]
  const commands = stages.map(({ cmd }) => cmd).filter((cmd) => typeof cmd === 'string')
  const at = commands.findIndex((command) => command.includes(training.path))
  if (at < 1) return undefined
  const command = commands.slice(0, at + 1).join(' && ')
  return { command, sources: codeOf(repository).filter(({ path }) => command.includes(path)) }
}

/** A function of the repository's own whose result the model is asked with: `model.predict(features(rows))`. */
function featuresOf(
  repository: Repository,
  sources: readonly Source[],
): { name: string; sources: Source[] } | undefined {
  for (const source of sources) {
    if (source.isNotebook) continue
    const used = callsIn(source, PREDICT).map(
      ({ args }) => /^([A-Za-z_]\w*)\(\s*\w+\s*\)$/.exec(args.trim())?.[1],
    )
    for (const { module, name, bound } of source.imports) {
      if (name === undefined || !used.includes(bound)) continue
      const full = fullModule(module, source.path)
      const file = codeOf(repository).find(({ path }) => moduleOf(path) === full)
      if (file !== undefined) return { name: `${full}:${name}`, sources: [file] }
    }
  }
  return undefined
}

function fullModule(module: string, path: string): string {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0
  if (dots === 0) return module
  const parts = moduleOf(path).split('.').slice(0, -dots)
  return [...parts, ...module.slice(dots).split('.').filter(Boolean)].join('.')
}

/** The files at the top, and the folders, that some sources lie in or import; and the settings that they read. */
function codeNeeded(repository: Repository, sources: readonly Source[]): string[] {
  const needed = [...repository.modules.reach(sources)].filter(({ isTest }) => !isTest)
  const places = needed.map(({ path }) => (path.includes('/') ? posix.dirname(path) : path))
  const settings = needed
    .flatMap(({ strings }) => strings.map(({ value }) => value))
    .filter((value) => SETTINGS.test(value) && repository.find(SETTINGS).some(({ path }) => path === value))
  const all = [...new Set([...places, ...settings])].sort()
  return all.filter((path) => !all.some((other) => other !== path && path.startsWith(`${other}/`)))
}

/** What the code's own environment is made from: a list of requirements, the nearest, a package's description, or conda's. */
function requirementsOf(repository: Repository, source: Source): string[] {
  const near = posix.join(posix.dirname(source.path), 'requirements.txt')
  for (const path of [near, 'requirements.txt']) if (repository.text(path) !== undefined) return [path]
  const describes = ['setup.py', 'pyproject.toml'].some((path) =>
    /install_requires|\[project\]|\[tool\.poetry\]/.test(repository.text(path) ?? ''),
  )
  if (describes) return ['.']
  return CONDA_FILES.filter((path) => repository.text(path) !== undefined).slice(0, 1)
}
