import { checkedOnChange, type Run, runsOf, STARTS_TRAINING, scheduled } from '../automation.ts'
import { type Evidence, inFile, inSource, lacking, met, type Sighting } from '../evidence.ts'
import { calls, callsIn, codeOf, connectedTo, definitions, files, lines, mentions } from '../look.ts'
import type { Repository } from '../repository/repository.ts'
import type { Source } from '../repository/sources.ts'
import { trainingOf } from '../roles.ts'
import { casesOf } from '../tests.ts'
import type { Criterion } from './criterion.ts'
import { ORCHESTRATOR } from './data.ts'

export const TRAINING: readonly Criterion[] = [
  {
    id: 'T1',
    level: 1,
    dimension: 'training',
    title: 'a model is trained, measured and saved',
    source: 'Microsoft level 0',
    confidence: 'high',
    raise: 'Save the trained model, with its metrics on rows that it was not trained on.',
    look: savesModel,
  },
  {
    id: 'T2',
    level: 1,
    dimension: 'training',
    title: 'the model is compared with a trivial baseline',
    source: 'ML Test Score Model 5',
    confidence: 'medium',
    raise: 'Compare the model with the simplest guess (for instance DummyClassifier), on the same test rows.',
    look: (repository) =>
      met([
        ...calls(codeOf(repository), /(^|\.)(DummyClassifier|DummyRegressor|SeasonalNaive|Naive)$/),
        ...mentions(codeOf(repository), /^(\w*_)?(baseline|naive|dummy|majority)(_\w*)?$/i),
      ]),
  },
  {
    id: 'T3',
    level: 2,
    dimension: 'training',
    title: 'training is code that a command runs, not only a notebook',
    source: 'the article',
    confidence: 'high',
    raise: 'Move training from the notebook into a module with one command that runs it.',
    look: trainsByCommand,
  },
  {
    id: 'T4',
    level: 2,
    dimension: 'training',
    title: 'the Python environment is pinned',
    source: 'Marvelous MLOps 2; mllint',
    confidence: 'high',
    raise: 'Lock every version (uv.lock, poetry.lock, or requirements with ==), with one tool.',
    look: pinsEnvironment,
  },
  {
    id: 'T5',
    level: 3,
    dimension: 'training',
    title: 'experiments are tracked',
    source: 'Microsoft level 2',
    confidence: 'high',
    raise: 'Record parameters, metrics and the model of each training run (for instance with MLflow).',
    look: tracksExperiments,
  },
  {
    id: 'T6',
    level: 3,
    dimension: 'training',
    title: 'a training run can be reproduced',
    source: 'ML Test Score Infrastructure 1',
    confidence: 'medium',
    raise: 'Fix the seeds, and record code version and data version with each run.',
    look: isReproducible,
  },
  {
    id: 'T7',
    level: 3,
    dimension: 'training',
    title: 'a pipeline orchestrates the steps up to the model',
    source: 'Google; the article',
    confidence: 'high',
    raise:
      'Make the steps a pipeline (dvc.yaml, Dagster, …) that one command runs and that skips what is up to date.',
    look: (repository) => met(pipelines(repository)),
  },
  {
    id: 'T8',
    level: 3,
    dimension: 'training',
    title: 'each run leaves a record: parameters, metrics, artifacts',
    source: 'Google',
    confidence: 'medium',
    raise: 'Record parameters, metrics and artifacts of every execution in one place.',
    look: recordsRuns,
  },
  {
    id: 'T9',
    level: 3,
    dimension: 'training',
    title: 'models are in a registry',
    source: 'Microsoft level 2',
    confidence: 'high',
    raise: 'Register each model with its version, and let an alias or a stage say which one is in use.',
    look: (repository) =>
      met([
        ...calls(codeOf(repository), REGISTERS),
        ...calls(codeOf(repository), /(^|[.?])(log_model|save_model)$/, /registered_model_name/),
        ...mentions(codeOf(repository), /^models:\//),
        ...lines(repository, /(^|\/)dvc\.yaml$/, /^artifacts:/),
      ]),
  },
  {
    id: 'T10',
    level: 3,
    dimension: 'training',
    title: 'a new model must be no worse than the current one, in each segment too',
    source: 'Google; ML Test Score Model 6',
    confidence: 'low',
    raise:
      'Before a model is registered or released, compare it with the current one, overall and by segment, and refuse a worse one.',
    look: comparesModels,
  },
  {
    id: 'T11',
    level: 4,
    dimension: 'training',
    title: 'tests of training: it converges, and makes no NaN',
    source: 'Google',
    confidence: 'medium',
    raise: 'Test that training overfits a few records, and that losses and outputs are finite.',
    look: (repository) => {
      const real = casesOf(repository).filter(({ isReal }) => isReal)
      const converges = real.filter(({ name }) =>
        /converg|overfit|(loss|error)_(decreas|goes_down|falls)|learns|by_heart/i.test(name),
      )
      const finite = real.filter(
        ({ name, assertions }) =>
          /nan|finite|inf\b/i.test(name) || assertions.some((text) => /isfinite|isnan/.test(text)),
      )
      if (converges.length === 0 || finite.length === 0) return met([])
      return met(
        [...converges, ...finite].map(({ evidence }) => evidence),
        checkedOnChange(repository, /pytest|make|tox|nox/),
      )
    },
  },
  {
    id: 'T12',
    level: 5,
    dimension: 'training',
    title: 'the metrics of production decide about retraining',
    source: 'Microsoft level 4',
    confidence: 'low',
    raise: 'Let monitoring decide when to train again, by what predictions turned out to be worth.',
    look: (repository) => {
      const deciding = codeOf(repository).filter((source) =>
        source.functions.some(({ name }) => /retrain|should_train/i.test(name)),
      )
      return met(
        deciding.flatMap((source) => {
          const metrics = mentions(
            repository.modules.reach([source]),
            /realised|realized|actuals?|live_metric|production_metric|performance/i,
          )
          return metrics.length === 0 ? [] : definitions([source], /retrain|should_train/i)
        }),
      )
    },
  },
]

const SAVES =
  /(^|[.?])(dump|save_model|save_pretrained|log_model|autolog|export_model|to_onnx|convert_sklearn|save)$/
const SAVED = /\.(pkl|pickle|joblib|onnx|pt|pth|h5|keras|cbm|ubj|bst|mlmodel|safetensors)$/i
const MEASURES =
  /^sklearn\.metrics\b|(^|[.?])(score|cross_val_score|cross_validate|evaluate|accuracy_score|roc_auc_score|classification_report)$/
const REGISTERS =
  /(^|[.?])(register_model|create_model_version|create_registered_model|set_registered_model_alias|transition_model_version_stage|link_artifact|link_model|ModelPackage)$|^mlflow\.register_model$|(^|\.)Model\.(register|upload)$/

function savesModel(repository: Repository): Sighting {
  const code = codeOf(repository)
  const saved = [
    ...calls(connectedTo(repository, trainingOf(repository)), SAVES),
    ...files(repository, SAVED),
  ]
  const measured = [
    ...calls(code, MEASURES),
    ...files(repository, /(^|\/)metrics[^/]*\.(json|ya?ml|csv)$/),
    ...definitions(code, /^(metrics?|evaluate\w*|accuracy|rmse|mae)$/i),
  ]
  if (saved.length === 0 || trainingOf(repository).length === 0) return met([])
  return measured.length === 0
    ? lacking('a model is saved, but nothing measures it', saved)
    : met([...saved, ...measured])
}

function trainsByCommand(repository: Repository): Sighting {
  const training = trainingOf(repository)
  const modules = training.filter(({ isNotebook }) => !isNotebook)
  if (modules.length === 0)
    return training.length === 0
      ? met([])
      : lacking(
          'training happens in a notebook only',
          training.map((source) => inSource(source, fitLine(source), 'fit')),
        )
  const runs = [...runsOf(repository)]
  const started = [...repository.modules.reaching(modules)]
    .filter((source) => !source.isTest && !source.isNotebook && isStarted(source, runs))
    .map((source) => inSource(source, source.main ?? 1, 'can be run'))
  const named = runs
    .filter((run) => startsTraining(run, runs))
    .map(({ path, line, name, kind }) => inFile(path, `${kind} ${name}`, line))
  const found = [...started, ...named]
  return found.length === 0
    ? lacking(
        'training is in a module, but no command runs it',
        modules.map((source) => inSource(source, fitLine(source), 'fit')),
      )
    : met(found)
}

function fitLine(source: Source): number {
  return callsIn(source, /fit|train/)[0]?.line ?? 1
}

/** Whether a command runs a module: it has a main part, runs at import, or somebody names it. */
function isStarted(source: Source, runs: readonly Run[]): boolean {
  if (source.main !== undefined || source.path.endsWith('__main__.py')) return true
  if (source.calls.some(({ within, name }) => within === '' && /fit|train|main/.test(name))) return true
  const dotted = source.path
    .replace(/^src\//, '')
    .replace(/\.py$/, '')
    .replaceAll('/', '.')
  return runs.some(({ commands }) => commands.includes(source.path) || commands.includes(dotted))
}

/** Whether a run is called training and leads to a console script of the project, which may import as it likes. */
function startsTraining(run: Run, runs: readonly Run[]): boolean {
  if (run.kind === 'hook' || !/(^|[^a-z])train/i.test(run.name)) return false
  return runs.some(
    ({ kind, name }) =>
      kind === 'script' && name !== run.name && new RegExp(`\\b${name}\\b`).test(run.commands),
  )
}

const LOCKS =
  /(^|\/)(uv\.lock|poetry\.lock|Pipfile\.lock|pdm\.lock|pixi\.lock|conda-lock[^/]*\.ya?ml|pylock\.toml|requirements[^/]*\.lock|requirements-lock\.txt)$/

function pinsEnvironment(repository: Repository): Sighting {
  const locks = files(repository, LOCKS)
  if (locks.length > 0) return met(locks.map((each) => ({ ...each, what: 'lock file' })))
  const byFile = new Map<string, boolean[]>()
  for (const { path, isPinned } of repository.requirements)
    byFile.set(path, [...(byFile.get(path) ?? []), isPinned])
  const pinned = [...byFile].filter(([path, pins]) => /\.(txt|ya?ml)$/.test(path) && pins.every(Boolean))
  if (pinned.length > 0) return met(pinned.map(([path]) => inFile(path, 'every version is pinned')))
  const loose = repository.requirements.find(({ isPinned }) => !isPinned)
  return loose === undefined
    ? met([])
    : lacking('versions are not pinned, so two installs can differ', [
        inFile(loose.path, loose.name, loose.line),
      ])
}

const TRACKS =
  /^mlflow\.(log_|start_run|autolog|\w+\.autolog)|^wandb\.(init|log)\b|^dvclive\b|^(neptune|comet_ml|aim|clearml|sacred|trackio)\.\w+|(^|[.?])(log_metrics?|log_params?|log_batch)$/

function tracksExperiments(repository: Repository): Sighting {
  const training = trainingOf(repository)
  const tracking = codeOf(repository).filter((source) => calls([source], TRACKS).length > 0)
  const reached = new Set(connectedTo(repository, training))
  const connected = tracking.filter((source) => reached.has(source))
  const found = [...calls(connected, TRACKS), ...recordedByDvc(repository)]
  if (found.length > 0) return met(found, scheduled(repository, STARTS_TRAINING))
  if (tracking.length > 0)
    return lacking('the calls to the tracker are never reached from training', calls(tracking, TRACKS))
  const imported = codeOf(repository).flatMap((source) =>
    source.imports
      .filter(({ module }) => /^(mlflow|wandb|neptune|comet_ml|dvclive)\b/.test(module))
      .map(({ module, line }) => inSource(source, line, `import ${module}`)),
  )
  return imported.length > 0
    ? lacking('a tracker is imported, but nothing is recorded with it', imported)
    : met([])
}

/** DVC compares runs by the metrics and parameters that its lock file keeps in git. */
function recordedByDvc(repository: Repository): Evidence[] {
  return lines(repository, /(^|\/)dvc\.yaml$/, /^\s*metrics:/).filter(({ path }) => {
    const lock = repository.text(path.replace(/yaml$/, 'lock')) ?? ''
    return /params:/.test(lock)
  })
}

function isReproducible(repository: Repository): Sighting {
  const connected = connectedTo(repository, trainingOf(repository))
  const seeds = [
    ...calls(
      connected,
      /(^|[.?])(seed|manual_seed|set_seed|seed_everything|set_random_seed|default_rng|RandomState)$/,
      /./,
    ),
    ...mentions(connected, /^(random_state|seed|random_seed|SEED)$/),
  ]
  if (seeds.length === 0) return lacking('no seed is fixed in training')
  const records = [...files(repository, /(^|\/)dvc\.lock$/), ...calls(connected, TRACKS)]
  return records.length === 0
    ? lacking('seeds are fixed, but no run records its code and data version', seeds)
    : met([...seeds.slice(0, 3), ...records.slice(0, 2)])
}

/** Pipelines that lead to a model, of whatever tool. */
function pipelines(repository: Repository): Evidence[] {
  const dvc = repository.find(/(^|\/)dvc\.yaml$/).flatMap(({ path }) => {
    const yaml = repository.yaml(path)
    const names = Object.keys((yaml.data.stages ?? {}) as object)
    const isLocked = repository.text(path.replace(/yaml$/, 'lock')) !== undefined
    const trains = names.some((name) => /train|fit|model/i.test(name))
    return isLocked && names.length > 1 && trains
      ? [inFile(path, `stages ${names.join(', ')}`, yaml.lineOf('stages'))]
      : []
  })
  const code = codeOf(repository).filter(({ imports }) =>
    imports.some(({ module }) => ORCHESTRATOR.test(module)),
  )
  const flows = code.flatMap((source) => [
    ...source.functions
      .filter(({ marks }) =>
        marks.some((mark) => /^([\w.]*\.)?(flow|job|asset|multi_asset|pipeline|dag|workflow)\b/.test(mark)),
      )
      .map(({ name, line }) => inSource(source, line, name)),
    ...source.classes
      .filter(({ marks }) => marks.some((base) => /FlowSpec|luigi\.Task|^Task$/.test(base)))
      .map(({ name, line }) => inSource(source, line, name)),
    ...calls([source], /(^|\.)(DAG|Definitions|Pipeline|pipeline)$/),
  ])
  const mentionsTraining = code.some((source) => mentions([source], /train|fit/i).length > 0)
  return [...dvc, ...(mentionsTraining ? flows : []), ...files(repository, /(^|\/)Snakefile$/)]
}

function recordsRuns(repository: Repository): Sighting {
  const training = trainingOf(repository)
  const code = connectedTo(repository, training)
  const automatic = [...calls(code, /autolog$/), ...recordedByDvc(repository)]
  if (automatic.length > 0) return met(automatic)
  const batches = (argument: RegExp) => calls(code, /(^|[.?])log_batch$/, argument)
  const params = [
    ...calls(code, /(^|[.?])(log_params?|log_hyperparams)$|^wandb\.(init|config)/),
    ...batches(/params/),
  ]
  const metrics = [...calls(code, /(^|[.?])log_metrics?$|^wandb\.log$/), ...batches(/metrics/)]
  const artifacts = calls(code, /(^|[.?])(log_model|log_artifacts?|link_artifact)$/)
  const missing = [
    params.length === 0 ? 'parameters' : '',
    metrics.length === 0 ? 'metrics' : '',
    artifacts.length === 0 ? 'artifacts' : '',
  ].filter(Boolean)
  if (missing.length === 3) return met([])
  return missing.length > 0
    ? lacking(`runs are recorded without their ${missing.join(' and ')}`, [
        ...params,
        ...metrics,
        ...artifacts,
      ])
    : met([...params, ...metrics, ...artifacts])
}

function comparesModels(repository: Repository): Sighting {
  const code = codeOf(repository)
  const current = mentions(
    code,
    /champion|incumbent|current_model|previous_model|production_(model|metric|version)|baseline_model_version/i,
  )
  const slices = mentions(code, /slices?\b|segments?\b|subgroup|cohort|by_group|MetricFrame/i)
  if (current.length === 0) return met([])
  return slices.length === 0
    ? lacking('a new model is compared with the current one, but only overall', current)
    : met([...current.slice(0, 3), ...slices.slice(0, 2)])
}
