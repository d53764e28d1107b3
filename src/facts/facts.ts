import { runsOf } from '../assess/automation.ts'
import { type Evidence, inFile, inSource } from '../assess/evidence.ts'
import { callsIn, codeOf } from '../assess/look.ts'
import type { Repository } from '../assess/repository/repository.ts'
import type { Source } from '../assess/repository/sources.ts'
import { routesOf, scoringOf, trainingOf } from '../assess/roles.ts'
import { casesOf } from '../assess/tests.ts'

/** What a repository is made of. What was not found has no value. */
export interface Facts {
  readonly environment: Fact<Manager> | undefined
  readonly packages: readonly Fact<string>[]
  readonly training: readonly Fact<string>[]
  readonly prediction: readonly Fact<string>[]
  readonly frameworks: readonly Fact<string>[]
  readonly models: readonly Fact<string>[]
  readonly data: readonly Fact<string>[]
  readonly tests: Fact<string> | undefined
  /** What the layers would otherwise bring: CI, hooks, data versions, tracking, containers. */
  readonly tools: readonly Fact<string>[]
}

/** Something that was found, and where. */
export interface Fact<Value> {
  readonly value: Value
  readonly evidence: Evidence
}

export const MANAGER_NAMES = ['uv', 'poetry', 'pipenv', 'pdm', 'pixi', 'conda', 'pip'] as const
export type Manager = (typeof MANAGER_NAMES)[number]

export function factsOf(repository: Repository): Facts {
  const code = codeOf(repository)
  return {
    environment: environmentOf(repository),
    packages: packagesOf(repository),
    training: trainingOf(repository).map((source) => ({
      value: source.isNotebook ? 'notebook' : 'module',
      evidence: inSource(source, callsIn(source, /fit|train|backward/)[0]?.line ?? 1, 'trains'),
    })),
    prediction: scoringOf(repository).map(predictionOf),
    frameworks: firstOfEach(FRAMEWORKS, code),
    models: filesOf(repository, /\.(pkl|pickle|joblib|onnx|pt|pth|h5|keras|cbm|ubj|safetensors)$/i),
    data: filesOf(repository, /(?<!metrics|predictions)\.(csv|tsv|parquet|csv\.gz|tsv\.gz|feather|xlsx)$/i),
    tests: testsOf(repository),
    tools: [...ciOf(repository), ...toolsOf(repository), ...firstOfEach(TRACKERS, code)],
  }
}

const MANAGERS: readonly (readonly [RegExp, Manager])[] = [
  [/^uv\.lock$/, 'uv'],
  [/^poetry\.lock$/, 'poetry'],
  [/^(Pipfile|Pipfile\.lock)$/, 'pipenv'],
  [/^pdm\.lock$/, 'pdm'],
  [/^pixi\.(lock|toml)$/, 'pixi'],
  [/^(environment|conda)[^/]*\.ya?ml$/, 'conda'],
  [/^(requirements[^/]*\.(txt|in)|setup\.(py|cfg))$/, 'pip'],
]

/** Lock files tell more than lists of requirements, so they come first. */
function environmentOf(repository: Repository): Fact<Manager> | undefined {
  const pyproject = repository.text('pyproject.toml')
  if (pyproject !== undefined && /^\[tool\.poetry\]/m.test(pyproject))
    return { value: 'poetry', evidence: inFile('pyproject.toml', '[tool.poetry]') }
  for (const [pattern, value] of MANAGERS) {
    const [file] = repository.find(pattern)
    if (file !== undefined) return { value, evidence: inFile(file.path, 'file') }
  }
  return pyproject === undefined ? undefined : { value: 'pip', evidence: inFile('pyproject.toml', 'file') }
}

/** Packages at the top and below src/, but for tests. */
function packagesOf(repository: Repository): Fact<string>[] {
  return repository.find(/^(src\/)?[A-Za-z_]\w*\/__init__\.py$/).flatMap(({ path }) => {
    const value = path.split('/').at(-2) as string
    return /^tests?$/.test(value) ? [] : [{ value, evidence: inFile(path, 'package') }]
  })
}

function predictionOf(source: Source): Facts['prediction'][number] {
  const [route] = routesOf(source)
  if (route !== undefined) return { value: 'service', evidence: inSource(source, route.line, route.route) }
  const line = callsIn(source, /predict|score|infer/)[0]?.line ?? 1
  return { value: source.isNotebook ? 'notebook' : 'module', evidence: inSource(source, line, 'predicts') }
}

const FRAMEWORKS: Readonly<Record<string, string>> = {
  sklearn: 'scikit-learn',
  lightgbm: 'LightGBM',
  xgboost: 'XGBoost',
  catboost: 'CatBoost',
  torch: 'PyTorch',
  tensorflow: 'TensorFlow',
  keras: 'Keras',
  statsmodels: 'statsmodels',
  transformers: 'Transformers',
  prophet: 'Prophet',
}

const TRACKERS: Readonly<Record<string, string>> = {
  mlflow: 'MLflow',
  wandb: 'Weights & Biases',
  feast: 'Feast',
  prefect: 'Prefect',
  dagster: 'Dagster',
  airflow: 'Airflow',
}

/** Each library of a table that is imported, where it first is. */
function firstOfEach(table: Readonly<Record<string, string>>, sources: readonly Source[]): Fact<string>[] {
  const found = new Map<string, Fact<string>>()
  for (const source of sources)
    for (const { module, line } of source.imports) {
      const value = table[module.split('.')[0] as string]
      if (value !== undefined && !found.has(value))
        found.set(value, { value, evidence: inSource(source, line, `import ${module}`) })
    }
  return [...found.values()]
}

function filesOf(repository: Repository, pattern: RegExp): Fact<string>[] {
  return repository
    .find(pattern)
    .filter(({ path }) => !/(^|\/)(tests?|node_modules|reports?)\//.test(path))
    .map(({ path }) => ({ value: path, evidence: inFile(path, 'file') }))
}

function testsOf(repository: Repository): Fact<string> | undefined {
  const cases = casesOf(repository)
  const [first] = cases
  if (first === undefined) return undefined
  const count = `${cases.length} ${cases.length === 1 ? 'test' : 'tests'}`
  const idle = cases.filter(({ isReal }) => !isReal).length
  return { value: idle === 0 ? count : `${count}, ${idle} without an assertion`, evidence: first.evidence }
}

const SYSTEMS = {
  github: 'GitHub Actions',
  gitlab: 'GitLab CI',
  azure: 'Azure Pipelines',
  circleci: 'CircleCI',
  travis: 'Travis CI',
  bitbucket: 'Bitbucket Pipelines',
  jenkins: 'Jenkins',
} as const

function ciOf(repository: Repository): Fact<string>[] {
  const first = new Map(repository.workflows.map(({ system, path }) => [system, path] as const).reverse())
  return [...first].map(([system, path]) => ({ value: SYSTEMS[system], evidence: inFile(path, 'file') }))
}

function toolsOf(repository: Repository): Fact<string>[] {
  const byFile: readonly (readonly [string, RegExp])[] = [
    ['DVC', /(^|\/)(dvc\.yaml|\.dvc\/config)$|\.dvc$/],
    ['MLflow project', /(^|\/)MLproject$/],
    ['pre-commit', /^\.pre-commit-config\.ya?ml$/],
    ['Docker', /(^|\/)Dockerfile[^/]*$/],
    ['Docker Compose', /(^|\/)(docker-)?compose[^/]*\.ya?ml$/],
    ['Makefile', /^Makefile$/],
  ]
  const files = byFile.flatMap(([value, pattern]) => {
    const [file] = repository.find(pattern)
    return file === undefined ? [] : [{ value, evidence: inFile(file.path, 'file') }]
  })
  const timed = runsOf(repository).find(
    ({ kind, workflow }) => kind === 'cron' || workflow?.isScheduled === true,
  )
  return timed === undefined
    ? files
    : [...files, { value: 'a schedule', evidence: inFile(timed.path, timed.name, timed.line) }]
}
