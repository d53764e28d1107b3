import { callsIn, codeOf } from './look.ts'
import type { Repository } from './repository/repository.ts'
import type { Source } from './repository/sources.ts'

const FIT = /(^|\.)(fit|partial_fit|fit_generator|train_on_batch|backward)$/
const TRAIN = /^(lightgbm|xgboost|catboost)\.(train|cv)$|(^|\.)trainer\.(train|fit)$/i
/** What is fitted on the way to a model. */
const PREPARATION = /(scaler|encoder|imputer|vectorizer|pca|tokenizer|binarizer|transformer)\w*\.fit$/i

/** Code that fits a model, notebooks too. */
export function trainingOf(repository: Repository): Source[] {
  return codeOf(repository).filter(fits)
}

export function fits(source: Source): boolean {
  return source.calls.some(({ name }) => (FIT.test(name) || TRAIN.test(name)) && !PREPARATION.test(name))
}

const PREDICT = /(^|[.?])(predict|predict_proba|predict_batch|predict_one|decision_function|run_inference)$/
const LOAD = /(^|\.)(load|load_model|load_learner|from_pretrained|load_artifact|InferenceSession)$/
const ROUTE = /^(\w+)\.(get|post|put|route|api|service)\b/
const SCORING_NAME = /(^|\/)[^/]*(predict|scor|serv|infer|api|app)[^/]*\.py$/i

/** Code that predicts with a finished model: a service, a batch script, or a notebook. */
export function scoringOf(repository: Repository): Source[] {
  return codeOf(repository).filter((source) => routesOf(source).length > 0 || scores(source))
}

function scores(source: Source): boolean {
  const predicts = callsIn(source, PREDICT).length > 0
  if (fits(source)) return scoresBesideTraining(source)
  if (SCORING_NAME.test(source.path)) return predicts || callsIn(source, LOAD).length > 0
  return predicts && callsIn(source, LOAD).length > 0
}

/** In a file that trains as well: a function of its own that loads a model, predicts and does not train. */
function scoresBesideTraining(source: Source): boolean {
  const within = (pattern: RegExp) => callsIn(source, pattern).map((call) => call.within)
  const training = new Set([...within(FIT), ...within(TRAIN)])
  const loading = new Set(within(LOAD))
  return within(PREDICT).some((name) => name !== '' && loading.has(name) && !training.has(name))
}

/** Functions that answer requests. */
export function routesOf(source: Source): { name: string; line: number; route: string }[] {
  if (!source.imports.some(({ module }) => WEB.test(module))) return []
  return source.functions.flatMap(({ name, line, marks }) => {
    const route = marks.find((mark) => ROUTE.test(mark))
    return route === undefined ? [] : [{ name, line, route }]
  })
}

const WEB = /^(fastapi|flask|starlette|litestar|sanic|bottle|bentoml|quart|aiohttp)\b/

/** What predicting runs, down to the last imported module. */
export function scoringReach(repository: Repository): Set<Source> {
  return repository.modules.reach(scoringOf(repository))
}

const MONITORING_NAME = /monitor|actuals?|outcomes?|live_?perf|performance|feedback|drift|track_?record/i

/** Code whose subject is how the model does in production. */
export function monitoringOf(repository: Repository): Source[] {
  return codeOf(repository).filter(
    (source) =>
      MONITORING_NAME.test(source.path.split('/').slice(-2).join('/')) ||
      source.functions.some(({ name }) => MONITORING_NAME.test(name)) ||
      source.imports.some(({ module }) => /^(nannyml|evidently)\b/.test(module)),
  )
}
