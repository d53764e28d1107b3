import { asEvidence, RUNS_TESTS, runsOf, STARTS_TRAINING, withoutInstalls } from './automation.ts'
import { handPaths } from './criteria/data.ts'
import { driftOf, guardsRetraining, MONITORING } from './criteria/monitoring.ts'
import { type Evidence, inFile, inSource } from './evidence.ts'
import { calls, codeOf, files, modulesOf } from './look.ts'
import { readNotebook } from './repository/notebook.ts'
import type { Repository } from './repository/repository.ts'
import { casesOf } from './tests.ts'

/** Something that looks like maturity and is none, or that does harm. */
export interface Trap {
  readonly id: string
  readonly title: string
  /** Why it does not count, and what to do. */
  readonly meaning: string
  readonly source: string
  readonly look: (repository: Repository) => readonly Evidence[]
}

/** Every trap. Their tests, a positive and a negative one each, are made from this table. */
export const TRAPS: readonly Trap[] = [
  {
    id: 'X1',
    title: 'muted CI',
    meaning: 'A check whose failure fails nothing is not counted. Take away what mutes it.',
    source: 'ASSESS',
    look: (repository) =>
      runsOf(repository)
        .filter(
          ({ kind, muted, commands }) =>
            kind === 'ci' && muted !== undefined && CHECKS.test(withoutInstalls(commands)),
        )
        .map(({ path, line, muted, name }) => inFile(path, `${name} (${muted})`, line)),
  },
  {
    id: 'X2',
    title: 'CI that never starts by itself',
    meaning:
      'No push and no pull request starts it, so it is not counted. Add `push` and `pull_request` to `on`.',
    source: 'ASSESS',
    look: (repository) =>
      repository.workflows
        .filter(({ isOnChange, isScheduled }) => !isOnChange && !isScheduled)
        .filter(({ path }) =>
          runsOf(repository).some(
            (run) => run.path === path && RUNS_TESTS.test(withoutInstalls(run.commands)),
          ),
        )
        .filter(
          () => !repository.workflows.some(({ isOnChange, path }) => isOnChange && testsIn(repository, path)),
        )
        .map(({ path, triggerLine }) => inFile(path, 'neither push nor pull_request', triggerLine)),
  },
  {
    id: 'X3',
    title: 'tests that assert nothing',
    meaning: 'They pass whatever the code does, so they are not counted. Assert what the code has to give.',
    source: 'ASSESS',
    look: (repository) => {
      const hollow = casesOf(repository).filter(({ isReal }) => !isReal)
      return hollow.map(({ evidence }) => evidence)
    },
  },
  {
    id: 'X4',
    title: 'dvc.yaml without dvc.lock',
    meaning:
      'The pipeline has never been run, or its record is not in git: no data version is known. Run dvc repro and commit dvc.lock.',
    source: 'ASSESS',
    look: (repository) =>
      files(repository, /(^|\/)dvc\.yaml$/).filter(
        ({ path }) =>
          Object.keys((repository.yaml(path).data.stages ?? {}) as object).length > 0 &&
          repository.text(path.replace(/yaml$/, 'lock')) === undefined,
      ),
  },
  {
    id: 'X5',
    title: 'imported, but used by nothing',
    meaning: 'An import alone does nothing, so the tool is not counted.',
    source: 'ASSESS',
    look: (repository) =>
      codeOf(repository)
        .filter(({ path, isParsed }) => isParsed && !path.endsWith('__init__.py'))
        .flatMap((source) =>
          source.imports
            .filter(
              ({ module, bound }) =>
                TOOL_MODULES.has(module.split('.')[0] as string) && !source.names.has(bound),
            )
            .map(({ module, line }) => inSource(source, line, `import ${module}`)),
        ),
  },
  {
    id: 'X6',
    title: 'required, but imported by nothing',
    meaning:
      'A line among the requirements does nothing, so the tool is not counted. Use it, or take the line out.',
    source: 'ASSESS',
    look: (repository) => {
      const seen = new Set<string>()
      return repository.requirements
        .filter(
          ({ name }) =>
            TOOLS.has(name) &&
            !repository.imported.has(TOOLS.get(name) as string) &&
            !isCommand(repository, name),
        )
        .filter(({ name }) => !seen.has(name) && seen.add(name))
        .map(({ path, line, name }) => inFile(path, name, line))
    },
  },
  {
    id: 'X7',
    title: 'only drift is watched',
    meaning:
      'Drift tells that inputs have changed, not that predictions are worse. Log predictions and compare them with what happened.',
    source: 'the article; NannyML',
    look: (repository) => (isMet(repository, 'O2') ? [] : driftOf(repository)),
  },
  {
    id: 'X8',
    title: 'unguarded retraining',
    meaning:
      'It trains by itself, but nothing asks whether labels are ripe, what the cause is, what it costs, and whether the new model is better. That is a risk and not level 5.',
    source: 'the article',
    look: (repository) => (guardsRetraining(repository).found.length > 0 ? [] : retrainsByItself(repository)),
  },
  {
    id: 'X9',
    title: 'a secret in the open',
    meaning: 'It is in git, so count it as known to others: replace it, and read it from the environment.',
    source: 'AWS; ML Test Score Monitor 1',
    look: secretsOf,
  },
  {
    id: 'X10',
    title: 'paths of one machine',
    meaning: 'It runs on no other machine. Take paths from the configuration, relative to the repository.',
    source: 'ASSESS',
    look: (repository) => handPaths(codeOf(repository)),
  },
  {
    id: 'X11',
    title: 'a Dockerfile that cannot build',
    meaning: 'It copies what is not in the repository, so it is not what runs.',
    source: 'ASSESS',
    look: brokenDockerfiles,
  },
  {
    id: 'X12',
    title: 'two managers of one environment',
    meaning: 'Their lock files can disagree, and nobody knows which one holds. Keep one.',
    source: 'mllint',
    look: (repository) => {
      const locks = files(
        repository,
        /^(uv\.lock|poetry\.lock|Pipfile\.lock|pdm\.lock|pixi\.lock|conda-lock\.yml)$/,
      )
      return locks.length > 1 ? locks : []
    },
  },
]

const CHECKS =
  /\b(pytest|unittest|tox|nox|ruff|flake8|pylint|mypy|pyright|black --check|pip-audit|bandit|coverage|dvc repro|make (test|check|lint))\b/

function testsIn(repository: Repository, path: string): boolean {
  return runsOf(repository).some((run) => run.path === path && RUNS_TESTS.test(withoutInstalls(run.commands)))
}

/** Packages whose presence is often taken for maturity, and the module that using them imports. */
const TOOLS = new Map([
  ['mlflow', 'mlflow'],
  ['mlflow-skinny', 'mlflow'],
  ['wandb', 'wandb'],
  ['neptune', 'neptune'],
  ['comet-ml', 'comet_ml'],
  ['clearml', 'clearml'],
  ['evidently', 'evidently'],
  ['nannyml', 'nannyml'],
  ['whylogs', 'whylogs'],
  ['alibi-detect', 'alibi_detect'],
  ['pandera', 'pandera'],
  ['great-expectations', 'great_expectations'],
  ['feast', 'feast'],
  ['prefect', 'prefect'],
  ['dagster', 'dagster'],
  ['apache-airflow', 'airflow'],
  ['zenml', 'zenml'],
  ['kfp', 'kfp'],
  ['bentoml', 'bentoml'],
  ['prometheus-client', 'prometheus_client'],
  ['dvclive', 'dvclive'],
  ['optuna', 'optuna'],
])
const TOOL_MODULES = new Set(TOOLS.values())

/** Some are used by their command alone. */
function isCommand(repository: Repository, name: string): boolean {
  const command = new RegExp(`\\b${name}\\s+\\w`)
  const configured = { feast: /(^|\/)feature_store\.ya?ml$/, mlflow: /(^|\/)MLproject$/ }[name]
  return (
    runsOf(repository).some(({ commands }) => command.test(withoutInstalls(commands))) ||
    (configured !== undefined && repository.find(configured).length > 0)
  )
}

function isMet(repository: Repository, id: string): boolean {
  const criterion = MONITORING.find((each) => each.id === id)
  return criterion !== undefined && criterion.look(repository).found.length > 0
}

function retrainsByItself(repository: Repository): Evidence[] {
  const timed = runsOf(repository)
    .filter(({ kind, workflow }) => kind === 'cron' || workflow?.isScheduled === true)
    .filter(({ commands }) => STARTS_TRAINING.test(withoutInstalls(commands)))
    .map(asEvidence)
  const orchestrated = modulesOf(repository)
    .filter(({ names }) => [...names.keys()].some((name) => /train/i.test(name)))
    .flatMap((source) => [
      ...calls([source], /(^|\.)DAG$/, /schedule(_interval)?\s*=\s*(?!None)/),
      ...calls([source], /(^|\.)(ScheduleDefinition|CronSchedule)$/),
      ...source.functions
        .filter(({ marks }) =>
          marks.some((mark) => /\bdag\s*\(.*schedule\s*=\s*(?!None)|cron\s*=/s.test(mark)),
        )
        .map(({ name, line }) => inSource(source, line, name)),
    ])
  const triggered = modulesOf(repository).flatMap((source) =>
    source.functions
      .filter(({ name }) => /^(trigger_)?retrain|auto_?retrain/i.test(name))
      .map(({ name, line }) => inSource(source, line, name)),
  )
  return [...timed, ...orchestrated, ...triggered]
}

const KEYS =
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{36,}|\bxox[abprs]-[\w-]{10,}|\bsk-[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{30,}|-----BEGIN (RSA |EC |OPENSSH )?PRIVATE KEY-----/
const ASSIGNED =
  /(?<![\w-])((?:\w+_)?(?:password|passwd|secret|secret_key|api_?key|access_?key|auth_?token|token))["']?\s*[=:]\s*["']([^"'\s]{8,})["']/i
const HARMLESS =
  /example|changeme|change_me|your|xxx|\*\*\*|<|\$\{|\{\{|placeholder|dummy|env|test|none|null|\.\.\./i

/** The value itself is never shown. */
function secretsOf(repository: Repository): Evidence[] {
  const files = repository.find(
    /\.(py|ipynb|ya?ml|toml|cfg|ini|env|sh|json)$|(^|\/)(\.env[^/]*|Dockerfile[^/]*)$/,
  )
  return files.flatMap(({ path, size }) => {
    if (size > 300_000 && !path.endsWith('.ipynb')) return []
    const text = repository.text(path)
    if (text === undefined || !(KEYS.test(text) || /passw|secret|key|token/i.test(text))) return []
    const notebook = path.endsWith('.ipynb') ? readNotebook(text) : undefined
    const code = (notebook?.source ?? text).split('\n')
    const index = code.findIndex(isSecret)
    if (index !== -1) {
      const place = notebook?.at(index + 1) ?? { line: index + 1 }
      return [{ path, ...place, what: secretKind(code[index] as string) }]
    }
    const output = notebook?.outputs.find((each) => KEYS.test(each.text))
    return output === undefined ? [] : [{ path, line: 1, cell: output.cell, what: 'a key in stored output' }]
  })
}

function isSecret(line: string): boolean {
  if (line.length > 2000) return false
  if (KEYS.test(line)) return !/example/i.test(line)
  const assigned = ASSIGNED.exec(line)
  return assigned !== null && !HARMLESS.test(assigned[2] as string)
}

function secretKind(line: string): string {
  return KEYS.test(line) ? 'a key' : `a value for ${ASSIGNED.exec(line)?.[1] ?? 'a secret'}`
}

function brokenDockerfiles(repository: Repository): Evidence[] {
  return repository.find(/(^|\/)(Dockerfile[^/]*|[^/]+\.Dockerfile)$/).flatMap(({ path }) => {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : ''
    return copiedBy(repository.text(path) ?? '')
      .filter(({ from }) => !isThere(repository, from) && !isThere(repository, folder + from))
      .map(({ from, line }) => inFile(path, `copies ${from}, which is not there`, line))
  })
}

/** What COPY and ADD take from the repository. */
function copiedBy(text: string): { from: string; line: number }[] {
  return text.split('\n').flatMap((raw, index) => {
    const match = /^\s*(?:COPY|ADD)\s+(.+)$/i.exec(raw)
    if (match === null || raw.includes('--from=') || raw.trimEnd().endsWith('\\') || /[[*?$]|<</.test(raw))
      return []
    const words = (match[1] as string).split(/\s+/).filter((word) => !word.startsWith('--'))
    return words
      .slice(0, -1)
      .filter((from) => !/^https?:/.test(from))
      .map((from) => ({ from: from.replace(/^\.?\//, '').replace(/\/$/, ''), line: index + 1 }))
  })
}

/** A model or data file may come from elsewhere before the build; code and requirements may not. */
function isThere({ files }: Repository, path: string): boolean {
  if (
    path === '' ||
    path === '.' ||
    /\.(pkl|joblib|onnx|pt|h5|csv|parquet|whl)$|^(models?|data|dist|artifacts?|build)(\/|$)/.test(path)
  )
    return true
  return files.some((file) => file.path === path || file.path.startsWith(`${path}/`))
}
