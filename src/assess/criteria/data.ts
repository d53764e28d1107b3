import { checkedOnChange, RUNS_TESTS, runsOf } from '../automation.ts'
import { type Evidence, inFile, inSource, lacking, met, type Sighting } from '../evidence.ts'
import { calls, codeOf, files, lines, modulesOf } from '../look.ts'
import type { Repository } from '../repository/repository.ts'
import type { Source } from '../repository/sources.ts'
import { scoringReach, trainingOf } from '../roles.ts'
import { casesOf } from '../tests.ts'
import type { Criterion } from './criterion.ts'

export const DATA: readonly Criterion[] = [
  {
    id: 'D1',
    level: 1,
    dimension: 'data',
    title: 'the steps from data to model are written down',
    source: 'Microsoft level 0; Marvelous MLOps 1',
    confidence: 'medium',
    raise:
      'Write down where the data comes from and how it becomes features: in a script, a notebook or docs.',
    look: (repository) =>
      met([
        ...calls(codeOf(repository), READS),
        ...files(
          repository,
          /(^|\/)data\/README[^/]*$|(^|\/)docs\/[^/]*data[^/]*\.(md|rst)$|(^|\/)contract\.ya?ml$/i,
        ),
        ...lines(repository, /^README[^/]*$/i, /^#+ .*\bdata(set)?\b/i),
      ]),
  },
  {
    id: 'D2',
    level: 2,
    dimension: 'data',
    title: 'data is gathered by a command, not by hand',
    source: 'Microsoft level 1; the article',
    confidence: 'medium',
    raise: 'Give the steps that fetch and clean data a command of their own, without paths of one machine.',
    look: gathersData,
  },
  {
    id: 'D3',
    level: 2,
    dimension: 'data',
    title: 'a schema is checked on the way in and before predicting',
    source: 'ML Test Score Data 1; AWS',
    confidence: 'medium',
    raise:
      'Check columns, types and ranges with one schema (for instance pandera), where data is read and where it is scored.',
    look: checksSchema,
  },
  {
    id: 'D4',
    level: 3,
    dimension: 'data',
    title: 'versions of the data are kept',
    source: 'the article; Marvelous MLOps 2',
    confidence: 'high',
    raise: 'Version the data (for instance with DVC), so that the rows behind any model can be had again.',
    look: versionsData,
  },
  {
    id: 'D5',
    level: 3,
    dimension: 'data',
    title: 'data that breaks the schema stops training',
    source: 'Google',
    confidence: 'medium',
    raise:
      'Put a step that validates the data before the training step of the pipeline, and let its failure stop the run.',
    look: validatesBeforeTraining,
  },
  {
    id: 'D6',
    level: 3,
    dimension: 'data',
    title: 'a feature store serves training and prediction',
    source: 'Google; Marvelous MLOps 5',
    optional: true,
    confidence: 'high',
    raise: 'Only where several models share features: a feature store.',
    look: (repository) =>
      met([
        ...files(repository, /(^|\/)feature_store\.ya?ml$/),
        ...calls(codeOf(repository), /^(feast|hopsworks|tecton)\b|FeatureStore$/),
      ]),
  },
  {
    id: 'D7',
    level: 4,
    dimension: 'data',
    title: 'features that may not be used are refused',
    source: 'ML Test Score Data 4 and 5',
    confidence: 'low',
    raise: 'Write down which columns may not become features, and let a test fail when one does.',
    look: (repository) =>
      met(
        casesOf(repository)
          .filter(({ name, isReal }) => isReal && FORBIDDEN.test(name))
          .map(({ evidence }) => evidence),
        checkedOnChange(repository, RUNS_TESTS),
      ),
  },
]

const READS =
  /(^|\.)(read_csv|read_parquet|read_sql\w*|read_excel|read_json|read_feather|read_table|scan_parquet|scan_csv|load_dataset|fetch_\w+|ImageFolder|image_dataset_from_directory|genfromtxt|loadtxt)$/
const GATHERS =
  /\b(data|dataset|ingest\w*|collect\w*|download\w*|extract\w*|fetch\w*|etl|pull|load_data|get_data|make_dataset|prepare\w*)\b/i
const FETCHES =
  /\b(ingest|download|fetch|collect|extract|make_dataset|get_data|load_data)\w*(\.py)?\b|\bdvc (pull|update|import)\b/
const FORBIDDEN = /privacy|pii|forbidden|banned|sensitive|protected|allow_?list|deny_?list|not_allowed/i
/** Places that only one machine has. */
const HAND_PATH = /^([A-Za-z]:[\\/]|~\/(?!\.)|\/home\/|\/Users\/|\/mnt\/c\/|\/content\/drive\/)/

export function handPaths(sources: readonly Source[]): Evidence[] {
  return sources.flatMap((source) =>
    source.strings
      .filter(({ value }) => HAND_PATH.test(value))
      .map(({ value, line }) => inSource(source, line, `"${value.slice(0, 60)}"`)),
  )
}

function gathersData(repository: Repository): Sighting {
  const byHand = handPaths(modulesOf(repository))
  if (byHand.length > 0) return lacking('it reads from a path that only one machine has', byHand)
  const runs = runsOf(repository).filter(
    ({ kind, name, commands }) =>
      kind !== 'hook' &&
      ((kind !== 'ci' && GATHERS.test(name.replaceAll(/[_-]/g, ' '))) || FETCHES.test(commands)),
  )
  const automatic = runs.filter(({ kind, workflow }) => kind === 'cron' || workflow?.isScheduled === true)
  return met(runs.map(runEvidence), automatic.map(runEvidence))
}

function runEvidence({ path, line, name, kind }: ReturnType<typeof runsOf>[number]): Evidence {
  return inFile(path, `${kind} ${name}`, line)
}

const SCHEMA =
  /^(pandera|great_expectations|jsonschema|cerberus|marshmallow|tensorflow_data_validation|deepchecks|patito|dataframely)\b|(^|\.)(BaseModel|DataFrameModel|SchemaModel|DataFrameSchema|TypeAdapter)$/

/** Schema libraries that are used and not only imported; pydantic counts as it is what services check with. */
function schemaUses(sources: Iterable<Source>): Evidence[] {
  return [...sources].flatMap((source) => {
    const call = source.calls.find(({ name }) => SCHEMA.test(name))
    if (call !== undefined) return [inSource(source, call.line, `${call.name}()`)]
    const model = source.classes.find(({ marks }) => marks.some((base) => SCHEMA.test(base)))
    return model === undefined ? [] : [inSource(source, model.line, `class ${model.name}`)]
  })
}

function checksSchema(repository: Repository): Sighting {
  const onTheWayIn = schemaUses(
    repository.modules.reach([...trainingOf(repository), ...readersOf(repository)]),
  )
  const beforePredicting = schemaUses(scoringReach(repository))
  if (onTheWayIn.length > 0 && beforePredicting.length > 0)
    return met([...new Map([...onTheWayIn, ...beforePredicting].map((each) => [each.path, each])).values()])
  if (onTheWayIn.length > 0)
    return lacking('rows are checked before training, but not before predicting', onTheWayIn)
  if (beforePredicting.length > 0)
    return lacking('rows are checked before predicting, but not before training', beforePredicting)
  return met([])
}

/** Modules whose subject is data that comes in. */
function readersOf(repository: Repository): Source[] {
  return modulesOf(repository).filter(({ path }) =>
    /(^|\/)[^/]*(data|ingest|extract|etl|load|collect|clean|prepare|preprocess)[^/]*\.py$/i.test(path),
  )
}

function versionsData(repository: Repository): Sighting {
  const lfs = lines(repository, /(^|\/)\.gitattributes$/, /filter=lfs/)
  const pointers = repository
    .find(/\.dvc$/)
    .filter(({ path }) => /md5|etag|hash/.test(repository.text(path) ?? ''))
    .map(({ path }) => inFile(path, 'DVC pointer'))
  const locks = files(repository, /(^|\/)dvc\.lock$/)
  const others = calls(codeOf(repository), /^(lakefs\w*|deltalake|pyiceberg|dvc\.api)\b/)
  const found = [...pointers, ...locks, ...lfs, ...others]
  const unlocked = files(repository, /(^|\/)dvc\.yaml$/)
  if (found.length === 0 && unlocked.length > 0)
    return lacking('dvc.yaml describes a pipeline, but no dvc.lock records which data it ran on', unlocked)
  return met(found)
}

const VALIDATES = /valid|check|expect|schema|contract/i
const TRAINS = /train|fit/i

function validatesBeforeTraining(repository: Repository): Sighting {
  return met([...validatedStages(repository), ...validatedFlows(repository)])
}

/** Stages of dvc.yaml that validate and that the training stage waits for. */
function validatedStages(repository: Repository): Evidence[] {
  return repository.find(/(^|\/)dvc\.yaml$/).flatMap(({ path }) => {
    const yaml = repository.yaml(path)
    const stages = Object.entries(
      (yaml.data.stages ?? {}) as Record<string, { deps?: unknown; outs?: unknown; cmd?: unknown }>,
    )
    const made = (stage: (typeof stages)[number]) => JSON.stringify(stage[1]?.outs ?? [])
    const needs = (stage: (typeof stages)[number]) => [stage[1]?.deps ?? []].flat().map(String)
    const feeds = (from: (typeof stages)[number], to: (typeof stages)[number], depth = 0): boolean =>
      depth < stages.length &&
      needs(to).some(
        (need) =>
          made(from).includes(`"${need}"`) ||
          made(from).includes(`"${need}":`) ||
          stages.some(
            (middle) => middle !== to && made(middle).includes(`"${need}"`) && feeds(from, middle, depth + 1),
          ),
      )
    const training = stages.filter(([name]) => TRAINS.test(name))
    return stages
      .filter(
        (stage) =>
          (VALIDATES.test(stage[0]) || VALIDATES.test(String(stage[1]?.cmd))) && !TRAINS.test(stage[0]),
      )
      .filter((stage) => training.some((train) => feeds(stage, train)))
      .map(([name]) => inFile(path, `stage ${name}, before training`, yaml.lineOf('stages', name)))
  })
}

/** Whether the arguments name a task, as operators of Airflow do. */
function taskOf(args: string, pattern: RegExp): boolean {
  const task = /(?:task_id|name)\s*=\s*["']([^"']+)["']/.exec(args)
  return task !== null && pattern.test(task[1] as string)
}

/** Functions that call a step which validates before one which trains, in code of an orchestrator. */
function validatedFlows(repository: Repository): Evidence[] {
  const orchestrated = codeOf(repository).filter(({ imports }) =>
    imports.some(({ module }) => ORCHESTRATOR.test(module)),
  )
  return orchestrated.flatMap((source) => {
    const last = (name: string) => name.split('.').at(-1) as string
    const train = source.calls.find(({ name, args }) => TRAINS.test(last(name)) || taskOf(args, TRAINS))
    const validate = source.calls.find(
      ({ name, args }) => VALIDATES.test(last(name)) || taskOf(args, VALIDATES),
    )
    if (train === undefined || validate === undefined || validate.line > train.line) return []
    return [inSource(source, validate.line, `${validate.name}(), before ${train.name}()`)]
  })
}

export const ORCHESTRATOR =
  /^(prefect|dagster|airflow|kfp|zenml|metaflow|luigi|kedro|flytekit|argo_workflows|hera)\b/
