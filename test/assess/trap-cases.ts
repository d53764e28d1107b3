import type { Cases } from './criteria-cases.ts'
import { notebook } from './memory.ts'

const WORKFLOW = (on: string, run: string, more = '') =>
  `on: ${on}\njobs:\n  test:\n    steps:\n      - run: ${run}\n${more}`
const JOINED =
  'def accuracy(both):\n    return (both.actual == both.prediction).mean()\n\ndef monthly(predictions, actuals):\n    both = predictions.merge(actuals, on="prediction_id")\n    return both.groupby("month").apply(accuracy)\n'
// Put together here, so that no scanner takes this file for one that leaks a key.
const KEY = `AKIA${'Q'.repeat(16)}`

/** For each trap repositories that fell into it, and others that look so and did not. */
export const TRAP_CASES: Readonly<Record<string, Cases>> = {
  X1: {
    positive: [
      { '.github/workflows/ci.yml': WORKFLOW('push', 'pytest || true') },
      { '.github/workflows/ci.yml': WORKFLOW('push', 'ruff check .', '        continue-on-error: true\n') },
      { '.github/workflows/ci.yml': WORKFLOW('push', 'make test'), Makefile: 'test:\n\tpytest || :\n' },
      { '.gitlab-ci.yml': 'test:\n  script: [pytest]\n  allow_failure: true\n' },
    ],
    negative: [
      { '.github/workflows/ci.yml': WORKFLOW('push', 'pytest') },
      { '.github/workflows/ci.yml': WORKFLOW('push', 'rm -r cache || true') },
    ],
  },
  X2: {
    positive: [{ '.github/workflows/ci.yml': WORKFLOW('workflow_dispatch', 'pytest') }],
    negative: [
      { '.github/workflows/ci.yml': WORKFLOW('[push]', 'pytest') },
      {
        '.github/workflows/ci.yml': WORKFLOW('[push]', 'pytest'),
        '.github/workflows/by-hand.yml': WORKFLOW('workflow_dispatch', 'pytest -m slow'),
      },
    ],
  },
  X3: {
    positive: [
      { 'tests/test_a.py': 'def test_it():\n    run()\n' },
      { 'tests/test_a.py': 'def test_it():\n    assert True\n' },
      { 'tests/test_a.py': 'def test_files():\n    assert Path("train.py").exists()\n' },
    ],
    negative: [
      { 'tests/test_a.py': 'def test_it():\n    assert run() == 1\n' },
      { 'tests/test_a.py': 'def test_it():\n    with pytest.raises(ValueError):\n        run()\n' },
      { 'tests/conftest.py': 'def rows():\n    return 1\n' },
    ],
  },
  X4: {
    positive: [{ 'ml/dvc.yaml': 'stages:\n  train:\n    cmd: python train.py\n' }],
    negative: [
      { 'dvc.yaml': 'stages:\n  train:\n    cmd: python train.py\n', 'dvc.lock': 'stages: {}\n' },
      { 'dvc.yaml': 'plots: []\n' },
    ],
  },
  X5: {
    positive: [{ 'train.py': 'import mlflow\nmodel.fit(x)\n' }, { 'a.ipynb': notebook('import wandb') }],
    negative: [{ 'train.py': 'import mlflow\nmlflow.autolog()\n' }, { 'train.py': 'import os\n' }],
  },
  X6: {
    positive: [
      { 'requirements.txt': 'mlflow==3.1\n', 'train.py': 'print(1)\n' },
      { 'pyproject.toml': '[tool.poetry.dependencies]\nevidently = "^0.7"\n' },
    ],
    negative: [
      { 'requirements.txt': 'mlflow==3.1\n', 'train.py': 'from mlflow import autolog\nautolog()\n' },
      { 'requirements.txt': 'mlflow==3.1\n', Makefile: 'ui:\n\tmlflow ui\n' },
      { 'requirements.txt': 'pandas==2.2\n' },
    ],
  },
  X7: {
    positive: [{ 'monitor.py': 'from scipy.stats import ks_2samp\nks_2samp(a, b)\n' }],
    negative: [
      { 'monitor.py': `from scipy.stats import ks_2samp\nks_2samp(a, b)\n${JOINED}` },
      { 'monitor.py': 'print(1)\n' },
    ],
  },
  X8: {
    positive: [
      { '.github/workflows/retrain.yml': WORKFLOW('{schedule: [{cron: "0 3 * * 1"}]}', 'python train.py') },
      {
        'dags/d.py': 'from airflow import DAG\nwith DAG("x", schedule="@weekly") as dag:\n    train_task()\n',
      },
      { 'watch.py': 'def retrain_if_drift():\n    fit()\n' },
    ],
    negative: [
      { '.github/workflows/monitor.yml': WORKFLOW('{schedule: [{cron: "0 3 * * 1"}]}', 'python monitor.py') },
      {
        'controller.py':
          'def retrain(label_delay, root_cause, challenger, budget):\n    decision_log.append(label_delay)\n',
      },
    ],
  },
  X9: {
    positive: [
      { 'a.ipynb': notebook(`key = "${KEY}"`) },
      { 'load.py': 'connect(user="ml", password="Sommer2021!")\n' },
    ],
    negative: [
      { 'load.py': 'connect(password=os.environ["DB_PASSWORD"])\n' },
      { 'load.py': 'password = "<your password>"\n' },
      { 'load.py': 'tokenizer = "bert-base-uncased"\n' },
    ],
  },
  X10: {
    positive: [
      { 'load.py': 'df = read(r"C:\\Users\\anna\\churn.csv")\n' },
      { 'a.ipynb': notebook('df = read("/Users/ben/x.csv")') },
    ],
    negative: [
      { 'load.py': 'df = read("data/churn.csv")\n' },
      { 'units.py': 'folder = "~/.config/systemd/user"\n' },
      { 'load.py': '# df = read("C:/x.csv")\n' },
    ],
  },
  X11: {
    positive: [{ Dockerfile: 'FROM python:3.12\nCOPY serve.py /app/\n' }],
    negative: [
      { 'app/Dockerfile': 'FROM python:3.12\nCOPY serve.py /app/\n', 'serve.py': '' },
      { Dockerfile: 'FROM python:3.12\nCOPY model.pkl /app/\nCOPY --from=build /x /y\nCOPY . .\n' },
    ],
  },
  X12: {
    positive: [{ 'poetry.lock': '', 'Pipfile.lock': '' }],
    negative: [{ 'uv.lock': '', 'requirements.txt': 'pandas\n' }],
  },
}
