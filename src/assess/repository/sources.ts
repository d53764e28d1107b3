import { readNotebook } from './notebook.ts'
import { type PythonFacts, readImports, readPython } from './python.ts'

/** A Python file or a notebook that was read. */
export interface Source extends PythonFacts {
  readonly path: string
  readonly isNotebook: boolean
  readonly isTest: boolean
  /** Where a line of it stands, for people: `train.py:12` or `explore.ipynb cell 3:2`. */
  at(line: number): Place
}

export interface Place {
  readonly path: string
  readonly line: number
  readonly cell?: number
}

const TEST = /(^|\/)(tests?|testing)\/|(^|\/)(test_[^/]*|[^/]*_test|conftest)\.py$/

function readSource(path: string, text: string): Source | undefined {
  if (!path.endsWith('.ipynb')) return inFile(path, readPython(text))
  const notebook = readNotebook(text)
  if (notebook === undefined) return undefined
  return {
    ...readPython(notebook.source),
    path,
    isNotebook: true,
    isTest: TEST.test(path),
    at: (line) => ({ path, ...notebook.at(line) }),
  }
}

/** A file that is not worth parsing still leads from one file to another. */
function withImports(path: string, text: string): Source | undefined {
  return path.endsWith('.ipynb') ? undefined : inFile(path, readImports(text))
}

function inFile(path: string, facts: PythonFacts): Source {
  return { ...facts, path, isNotebook: false, isTest: TEST.test(path), at: (line) => ({ path, line }) }
}

/** What rules look for; a file without any of it can only matter by what it imports. */
const SIGNS =
  /\.(fit|predict\w*|partial_fit|backward)\(|\b(joblib|pickle|onnx\w*|mlflow|wandb|neptune|comet_ml|clearml|dvclive|dvc\.api|feast|evidently|nannyml|whylogs|pandera|great_expectations|jsonschema|BaseModel|fastapi|flask|bentoml|litserve|prometheus_\w+|opentelemetry|airflow|prefect|dagster|kfp|zenml|metaflow|luigi|kedro|locust)\b|INSERT INTO|log_predictions?|prediction_id|model_version|cost_matrix|net_value|Dummy(Classifier|Regressor)|baseline|retrain|rollback|canary|shadow|challenger|champion|cbpe|drift|ks_2samp|sklearn|lightgbm|xgboost|catboost|\btorch\b|keras|read_(csv|parquet|sql)|\bschedule\b|ground_truth|actuals/gi

/** So much Python is parsed; of more than that the most telling files are, so that a large repository takes no longer. */
const MOST_PARSED = 1_000_000

/** A text of Python or of a notebook, by its path. */
export type Script = readonly [path: string, text: string]

export interface Sources {
  readonly sources: readonly Source[]
  /** Telling files that were too many to be parsed; of them only the imports are known. */
  readonly skipped: number
}

/** Reads Python files and notebooks; in a large repository those that tell most. */
export function readSources(scripts: readonly Script[]): Sources {
  const weights = scripts.map(weigh)
  const chosen = mostTelling(scripts, weights)
  const sources = scripts.flatMap(
    ([path, text], index) => (chosen.has(index) ? readSource(path, text) : withImports(path, text)) ?? [],
  )
  const skipped = weights.filter((weight, index) => weight > 0 && !chosen.has(index)).length
  return { sources, skipped }
}

/** The indexes of the texts to parse: all of them where they are few, those with the most signs where they are many. */
function mostTelling(scripts: readonly Script[], weights: readonly number[]): Set<number> {
  const sizeOf = (index: number) => (scripts[index] as Script)[1].length
  const all = scripts.map((_, index) => index)
  if (all.reduce((sum, index) => sum + sizeOf(index), 0) <= MOST_PARSED) return new Set(all)
  const ranked = all.filter((index) => (weights[index] as number) > 0)
  ranked.sort((a, b) => (weights[b] as number) - (weights[a] as number))
  const chosen = new Set<number>()
  let taken = 0
  for (const index of ranked) {
    taken += sizeOf(index)
    if (taken > MOST_PARSED) break
    chosen.add(index)
  }
  return chosen
}

/** How many different signs a text has; a test is one of many that tell the same. */
function weigh([path, text]: Script): number {
  return new Set(text.match(SIGNS)).size / (TEST.test(path) ? 2 : 1)
}
