import { readNotebook } from './notebook.ts'
import { type PythonFacts, readPython } from './python.ts'

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

export function readSource(path: string, text: string): Source | undefined {
  const isTest = TEST.test(path)
  if (!path.endsWith('.ipynb'))
    return { ...readPython(text), path, isNotebook: false, isTest, at: (line) => ({ path, line }) }
  const notebook = readNotebook(text)
  if (notebook === undefined) return undefined
  return {
    ...readPython(notebook.source),
    path,
    isNotebook: true,
    isTest,
    at: (line) => ({ path, ...notebook.at(line) }),
  }
}

/** Words without which a Python file has nothing to say to any rule. */
const TELLING = new RegExp(
  [
    'sklearn|lightgbm|xgboost|catboost|torch|keras|tensorflow|statsmodels|transformers|prophet|pycaret|spacy',
    'pandas|polars|numpy|pyspark|sqlalchemy|joblib|pickle|onnx',
    'mlflow|wandb|neptune|comet_ml|clearml|dvc|feast|evidently|nannyml|whylogs|pandera|great_expectations|pydantic',
    'fastapi|flask|bentoml|litserve|starlette|prometheus|locust|airflow|prefect|dagster|kfp|zenml|metaflow|luigi|kedro',
    '\\bassert\\b|pytest|unittest|predict|model|train|monitor|drift|retrain|rollback|canary|shadow|roi\\b|schedule|feature',
  ].join('|'),
)

/** Above so much Python, files that cannot tell anything are not parsed: a large repository is mostly those. */
const ALWAYS_PARSED = 1_000_000

/** Chooses the Python texts that are worth parsing. */
export function isWorthParsing(total: number): (text: string) => boolean {
  return total <= ALWAYS_PARSED ? () => true : (text) => TELLING.test(text)
}
