import { checkedOnChange, RUNS_TESTS, runsOf, scheduled } from '../automation.ts'
import { type Evidence, inFile, inSource, lacking, met, type Sighting } from '../evidence.ts'
import { calls, callsIn, codeOf, definitions, files, lines, mentionIn, mentions } from '../look.ts'
import type { Repository } from '../repository/repository.ts'
import type { Source } from '../repository/sources.ts'
import { fits, monitoringOf, scoringOf, scoringReach } from '../roles.ts'
import { casesOf } from '../tests.ts'
import type { Criterion } from './criterion.ts'

export const MONITORING: readonly Criterion[] = [
  {
    id: 'O1',
    level: 1,
    dimension: 'monitoring',
    title: 'every prediction is logged, with an id and the version of the model',
    source: 'the article; Google; Marvelous MLOps 7',
    confidence: 'medium',
    raise: 'Where it predicts, append each prediction to a log: id, time, model version, inputs, prediction.',
    look: logsPredictions,
  },
  {
    id: 'O2',
    level: 1,
    dimension: 'monitoring',
    title: 'predictions are compared with what really happened, period by period',
    source: 'the article',
    confidence: 'medium',
    raise:
      'Join the prediction log with the actual values as they become known, and compute the metric of each period.',
    look: comparesWithActuals,
  },
  {
    id: 'O3',
    level: 1,
    dimension: 'monitoring',
    title: 'what the model earns and costs is computed',
    source: 'the article',
    confidence: 'medium',
    raise:
      'Write down what a right and a wrong prediction are worth and what the model costs, and compute the return.',
    look: (repository) =>
      met([
        ...files(
          repository,
          /(^|\/)(roi|business_value|value_model|cost_model|cost_matrix)[^/]*\.(ya?ml|py|json|toml|ipynb|xlsx)$/i,
        ),
        ...mentions(codeOf(repository), VALUE),
        ...definitions(
          codeOf(repository),
          /^((compute|calculate|calc|estimate|get)_)?(roi|return_on_investment)$/i,
        ),
        ...lines(repository, /(^|\/)(params|config)[^/]*\.(ya?ml|toml)$/, VALUE),
      ]),
  },
  {
    id: 'O4',
    level: 2,
    dimension: 'monitoring',
    title: 'data quality and drift are reported on a schedule',
    source: 'Microsoft level 1; the article',
    confidence: 'medium',
    raise: 'Run the monitoring report on a schedule (cron will do), drift as context beside the performance.',
    look: reportsOnSchedule,
  },
  {
    id: 'O5',
    level: 3,
    dimension: 'monitoring',
    title: 'the service shows its health and latency, with alerts as code',
    source: 'the article; Marvelous MLOps 4',
    confidence: 'high',
    raise:
      'Give the service a metrics endpoint (for instance with prometheus-client), and keep alerts and dashboards in git.',
    look: (repository) =>
      met([
        ...calls(
          scoringReach(repository),
          /^(prometheus_client|prometheus_fastapi_instrumentator|prometheus_flask_exporter|opentelemetry|statsd|datadog|ddtrace)\b/,
        ),
        ...calls(codeOf(repository), /(^|\.)make_asgi_app$|^Instrumentator/),
      ]),
  },
  {
    id: 'O6',
    level: 3,
    dimension: 'monitoring',
    title: 'performance is estimated while labels are missing',
    source: 'NannyML',
    confidence: 'high',
    raise:
      'Estimate performance from the calibrated scores (CBPE) or the expected loss (DLE) until labels arrive.',
    look: (repository) =>
      met([
        ...calls(codeOf(repository), /(^|\.)(CBPE|DLE|PAPE)$/),
        ...mentions(
          codeOf(repository),
          /^(cbpe|dle|pape)$|estimated?_(performance|metric|accuracy|auc|loss)|estimate_performance/i,
        ),
      ]),
  },
  {
    id: 'O7',
    level: 3,
    dimension: 'monitoring',
    title: 'there is a way from a bad week to its cause',
    source: 'the article',
    confidence: 'medium',
    raise: 'Write a runbook, or better a tool, that leads from an alert to a cause and a decision.',
    look: (repository) =>
      met([
        ...files(
          repository,
          /(^|\/)(RCA|runbooks?|playbooks?|root[-_]?cause\w*|incident[-_]response)[^/]*\.md$|(^|\/)(runbooks?|playbooks?)\/[^/]+\.md$|(^|\/)(diagnos\w*|root_cause\w*)\.py$/i,
        ),
        ...definitions(codeOf(repository), /^diagnose$|root_cause/i),
      ]),
  },
  {
    id: 'O8',
    level: 4,
    dimension: 'monitoring',
    title: 'skew, staleness, NaN and slower computing raise an alarm',
    source: 'ML Test Score Monitor 3 to 6',
    confidence: 'low',
    raise:
      'Add alarms or tests for: training and serving features that differ, a stale model, NaN, slower training or serving.',
    look: guardsCompute,
  },
  {
    id: 'O9',
    level: 5,
    dimension: 'monitoring',
    title: 'retraining is guarded: late labels, cause, risk, cost; each decision is recorded',
    source: 'the article',
    confidence: 'low',
    raise:
      'Before a retrain: are the labels ripe, is the cause one that retraining cures, is there budget, does the challenger win? Record every decision.',
    look: guardsRetraining,
  },
  {
    id: 'O10',
    level: 5,
    dimension: 'monitoring',
    title: 'each feature has a limit for its age',
    source: 'Microsoft level 4',
    confidence: 'medium',
    raise: 'Say for each feature how old it may be, and alert when a source stands still.',
    look: (repository) =>
      met([
        ...mentions(codeOf(repository), /freshness|max_age|staleness_limit/i),
        ...lines(repository, /\.ya?ml$/, /^\s*(freshness|max_age|staleness)\w*\s*:/i),
      ]),
  },
  {
    id: 'O11',
    level: 5,
    dimension: 'monitoring',
    title: 'incidents become tests',
    source: 'Microsoft level 4',
    confidence: 'medium',
    raise: 'After an incident, write a postmortem and a test that would have caught it.',
    look: (repository) =>
      met(files(repository, /(^|\/)(postmortems?|incidents?)\/[^/]+\.md$|(^|\/)postmortem[^/]*\.(md|py)$/i)),
  },
]

const VALUE =
  /(^|_|\b)((cost|value|profit|benefit|payoff)_(matrix|model|per_\w+)|business_(value|impact)|net_(value|benefit)|expected_(profit|value|cost)|(cost|value|benefit|profit)_(of_)?(a_)?(tp|fp|fn|tn|false_\w+|true_\w+)|(tp|fp|fn|tn)_(cost|value|benefit|profit)|break_?even)($|_|\b)/i

const SINK =
  /(^|[.?])(to_sql|insert_one|insert_many|insert_rows\w*|bulk_insert\w*|put_record|put_item|produce|send_and_wait|xadd|log_predictions?|log_inference|save_prediction|store_prediction|record_predictions?|write_prediction)$|^(arize|fiddler|whylogs|aporia|superwise)\b|DataCaptureConfig$/
const ID =
  /(prediction|request|event|trace|inference|transaction|record|correlation|row|customer|order|user)_?id\b|^uuid\d?$|uuid4/i
const VERSION = /model_?(version|sha\w*|hash|digest|id|uri|tag|run\w*)|^(run_id|sha256|model_sha256)$/i

/** Adding to what is there, and not writing a file afresh. */
function sinksOf(source: Source): Evidence[] {
  const appends = [
    ...callsIn(source, SINK),
    ...callsIn(source, /(^|[.?])(open|to_csv|to_json)$/, /["']a[bt+]?["']/),
    ...callsIn(source, /^(csv\.writer|append_jsonl)$/).filter(
      () => callsIn(source, /open$/, /["']a/).length > 0,
    ),
  ].map((call) => inSource(source, call.line, `${call.name}()`))
  const inserts = source.strings
    .filter(({ value }) => /INSERT\s+INTO/i.test(value))
    .map(({ line }) => inSource(source, line, 'INSERT INTO'))
  return [...appends, ...inserts]
}

/** Each is followed through everything that it imports; nobody has more ways in that matter. */
const MOST_ENTRIES = 100

function logsPredictions(repository: Repository): Sighting {
  const scoring = scoringOf(repository)
  const partial: Evidence[] = []
  let missing = ''
  for (const source of scoring.slice(0, MOST_ENTRIES)) {
    const reach = repository.modules.reach([source])
    const sinks = [...reach].flatMap(sinksOf)
    if (sinks.length === 0) continue
    const id = mentions(reach, ID)
    const version = mentions(reach, VERSION)
    if (id.length > 0 && version.length > 0)
      return met([...sinks.slice(0, 2), ...id.slice(0, 1), ...version.slice(0, 1)])
    partial.push(...sinks)
    missing = [id.length === 0 ? 'an id' : '', version.length === 0 ? 'the version of the model' : '']
      .filter(Boolean)
      .join(' and ')
  }
  if (partial.length > 0)
    return lacking(`predictions are kept without ${missing}, so outcomes cannot be joined to them`, partial)
  return scoring.length > 0
    ? lacking(
        'it predicts, but nothing keeps what was predicted',
        scoring.map((source) => inSource(source, 1, 'predicts')),
      )
    : met([])
}

const JOIN = /(^|[.?])(merge|join|merge_asof)$/
const ACTUAL = /(^|_)(actuals?|ground_?truth|outcomes?|labels?|observed|y_true|realised|realized)(_|$)/i
const METRIC =
  /(^|_)(accuracy|auc|roc_auc|mae|rmse|mape|precision|recall|f1|brier|log_loss|r2|error_rate)(_|$)/i
const PERIOD =
  /(^|_)(period|periods|month|week|day|daily|weekly|monthly|window|resample|grouper|rolling|dt)(_|$)/i
const PREDICTED = /predict|scored|scores?$/i

function comparesWithActuals(repository: Repository): Sighting {
  const tools = codeOf(repository).flatMap((source) =>
    calls(
      [source],
      /^nannyml\b.*PerformanceCalculator$|(^|\.)(ClassificationPreset|RegressionPreset|ClassificationPerformanceTab)$/,
    ),
  )
  const subjects = monitoringOf(repository).filter((source) => !fits(source))
  const found = subjects.slice(0, MOST_ENTRIES).flatMap((source) => {
    const reach = [...repository.modules.reach([source])].filter((each) => !each.isTest)
    const joins = reach.flatMap((each) => joinsIn(each))
    const says = (pattern: RegExp) => reach.some((each) => mentionIn(each, pattern) !== undefined)
    if (joins.length === 0 || !says(ACTUAL) || !says(PREDICTED) || !says(PERIOD)) return []
    if (!reach.some(measures)) return []
    return [inSource(source, 1, 'compares predictions with actual values'), ...joins.slice(0, 1)]
  })
  if (found.length + tools.length > 0)
    return met([...tools, ...found], scheduled(repository, /monitor|performance|report/))
  const drift = driftOf(repository)
  return drift.length > 0
    ? lacking('only drift of the inputs is watched, which says nothing about how good predictions are', drift)
    : met([])
}

/** Whether a metric is computed, by a library or by hand. */
function measures({ imports, functions, calls }: Source): boolean {
  return (
    imports.some(
      ({ module, name }) => module === 'sklearn.metrics' || (module === 'sklearn' && name === 'metrics'),
    ) ||
    functions.some(({ name }) => METRIC.test(name)) ||
    calls.some(({ name }) => METRIC.test(name.split('.').at(-1) as string) || name === '?.mean')
  )
}

function joinsIn(source: Source): Evidence[] {
  const joined = callsIn(source, JOIN)
    // `"".join(…)` and `os.path.join` are no joins of tables.
    .filter(({ name, args }) => !/path\.join$/.test(name) && (!/join$/.test(name) || /on=|how=/.test(args)))
    .map(({ line, name }) => inSource(source, line, `${name}()`))
  const sql = source.strings
    .filter(({ value }) => /\bJOIN\b/.test(value) && /\bSELECT\b/i.test(value))
    .map(({ line }) => inSource(source, line, 'JOIN'))
  return [...joined, ...sql]
}

/** Comparing distributions of inputs. */
export function driftOf(repository: Repository): Evidence[] {
  return [
    ...codeOf(repository)
      .filter(({ path }) => /(^|\/)[^/]*drift[^/]*\.(py|ipynb)$/i.test(path))
      .map((source) => inSource(source, 1, 'compares distributions')),
    ...calls(
      codeOf(repository),
      /(^|\.)(DataDriftPreset|DataDriftTab|DataDriftTable|UnivariateDriftCalculator|DataReconstructionDriftCalculator|ks_2samp|wasserstein_distance|KSDrift|MMDDrift|TabularDrift|psi|population_stability_index|calculate_psi)$/,
    ),
    ...definitions(codeOf(repository), /(^|_)drift(_|$)|(^|_)psi(_|$)/i),
  ]
}

function reportsOnSchedule(repository: Repository): Sighting {
  const reports = [
    ...driftOf(repository),
    ...calls(
      codeOf(repository),
      /(^|\.)(DataQualityPreset|DataSummaryPreset|ProfileReport|DataQualityCalculator|MissingValuesCalculator)$/,
    ),
  ]
  const timed = [
    ...scheduled(repository, /monitor|drift|report|quality|perform/i),
    ...runsOf(repository)
      .filter(({ kind, name }) => kind === 'make' && /^(schedule|cron)/.test(name))
      .map(({ path, line, name }) => inFile(path, `make ${name}`, line)),
    ...orchestratedSchedules(repository),
  ]
  if (reports.length > 0 && timed.length > 0)
    return met([...reports.slice(0, 3), ...timed], scheduled(repository, /monitor|drift|report|quality/))
  return reports.length > 0
    ? lacking('there is a report, but nothing runs it on a schedule', reports)
    : met([])
}

/** Schedules in the code of an orchestrator, in files whose subject is monitoring. */
function orchestratedSchedules(repository: Repository): Evidence[] {
  return codeOf(repository)
    .filter((source) => mentionIn(source, /monitor|drift|quality/i) !== undefined)
    .flatMap((source) => [
      ...calls([source], /(^|\.)(ScheduleDefinition|CronSchedule|serve)$/, /cron|schedule|./),
      ...calls([source], /(^|\.)DAG$/, /schedule/),
    ])
}

/** At least three of the four that the ML Test Score asks for, as tests or as alerts. */
function guardsCompute(repository: Repository): Sighting {
  const kinds = [
    /skew/i,
    /stale|freshness|model_age/i,
    /\bnan\b|_nan|nan_|finite|numeric(al)?_stab/i,
    /latency|p9[59]|regression_of_time|train(ing)?_time|slower|compute/i,
  ]
  const seen = kinds.flatMap((kind) => {
    const test = casesOf(repository).find(
      ({ name, isReal, source }) => isReal && (kind.test(name) || kind.test(source.path)),
    )
    if (test !== undefined) return [test.evidence]
    return lines(repository, /(^|\/)[^/]*(alert|rules)[^/]*\.ya?ml$/i, kind).slice(0, 1)
  })
  if (seen.length >= 3) return met(seen, checkedOnChange(repository, RUNS_TESTS))
  return seen.length > 0
    ? lacking(`only ${seen.length} of skew, staleness, NaN and slower computing is watched`, seen)
    : met([])
}

/** At least three of the four guards, and a record of decisions. */
export function guardsRetraining(repository: Repository): Sighting {
  const guards = [
    mentions(codeOf(repository), /label_?(delay|maturity|coverage|lag)|mature_labels|waiting_labels|ripe/i),
    mentions(codeOf(repository), /root_?cause|diagnos|probable_cause/i),
    mentions(codeOf(repository), /challenger|canary|shadow/i),
    mentions(codeOf(repository), /budget|cooldown|retrain_cost|cost_of_retrain/i),
  ].filter((each) => each.length > 0)
  const records = [
    ...mentions(codeOf(repository), /decision_?(record|log)|decisions?_(file|table)|audit_?log|ledger/i),
    ...files(repository, /(^|\/)(decisions|ledger|audit)[^/]*\.(jsonl|csv|sqlite)$/),
  ]
  const retrains = mentions(codeOf(repository), /retrain|should_train/i)
  if (retrains.length === 0) return met([])
  const found = guards.map((each) => each[0] as Evidence)
  if (guards.length >= 3 && records.length > 0) return met([...found, ...records.slice(0, 1)])
  return lacking(
    guards.length >= 3
      ? 'retraining is guarded, but its decisions are not recorded'
      : `retraining has ${guards.length} of its four guards (late labels, cause, risk, cost)`,
    [...retrains.slice(0, 2), ...found],
  )
}
