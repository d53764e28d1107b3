import { type Files, notebook } from './memory.ts'

/** For each criterion repositories that meet it, and others that look so and do not. */
export interface Cases {
  readonly positive: readonly Files[]
  readonly negative: readonly Files[]
}

const CI = (run: string, on = '[push, pull_request]', more = '') =>
  `on: ${on}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: ${run}\n${more}`
const TRAIN = `
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

def train():
    rows = pd.read_csv("data/rows.csv")
    model = LogisticRegression(random_state=0).fit(rows[["a"]], rows["y"])
    print(roc_auc_score(rows["y"], model.predict_proba(rows[["a"]])[:, 1]))
    joblib.dump(model, "model.joblib")

if __name__ == "__main__":
    train()
`
const SERVE = `
import joblib
from fastapi import FastAPI
from pydantic import BaseModel

class Row(BaseModel):
    a: float

app = FastAPI()
model = joblib.load("model.joblib")

@app.post("/predict")
def predict(row: Row):
    return {"score": float(model.predict_proba([[row.a]])[0, 1])}
`
const FLASK = `
import joblib
from flask import Flask, request
app = Flask(__name__)
model = joblib.load("model.joblib")

@app.route("/predict", methods=["POST"])
def predict():
    return str(model.predict([request.json["a"]]))
`
const FEATURES = 'def double(x):\n    return 2 * x\n'
const UNIT = 'from features import double\n\ndef test_double():\n    assert double(2) == 4\n'
const DVC = `
stages:
  validate:
    cmd: python validate.py
    deps: [data/rows.csv]
    outs: [data/checked.csv]
  train:
    cmd: python train.py
    deps: [data/checked.csv]
    outs: [model.joblib]
    metrics: [metrics.json]
`

export const CRITERIA_CASES: Readonly<Record<string, Cases>> = {
  D1: {
    positive: [
      { 'train.py': TRAIN },
      { 'a.ipynb': notebook('import pandas as pd', 'df = pd.read_csv("x.csv")') },
      { 'README.md': '# Churn\n\n## The data\n\nFrom the warehouse.\n' },
    ],
    negative: [{ 'README.md': '# Churn\n' }, { 'a.py': '# df = pd.read_csv("x.csv")\n' }],
  },
  D2: {
    positive: [
      { Makefile: 'data:\n\tpython ingest.py\n', 'ingest.py': 'print(1)' },
      { 'dvc.yaml': 'stages:\n  ingest:\n    cmd: python get.py\n    outs: [data/raw]\n' },
      { '.github/workflows/data.yml': CI('python ingest.py', '{schedule: [{cron: "0 5 * * *"}]}') },
    ],
    negative: [
      { 'train.py': TRAIN },
      {
        Makefile: 'data:\n\tpython ingest.py\n',
        'ingest.py': 'import pandas as pd\ndf = pd.read_csv("C:/Users/anna/churn.csv")\n',
      },
    ],
  },
  D3: {
    positive: [
      {
        'train.py': `from schema import CHECK\n${TRAIN}`,
        'serve.py': `from schema import CHECK\n${SERVE}`,
        'schema.py': 'import pandera.pandas as pa\nCHECK = pa.DataFrameSchema({"a": pa.Column(float)})\n',
      },
    ],
    negative: [
      { 'train.py': TRAIN, 'serve.py': SERVE },
      { 'train.py': `import pandera\n${TRAIN}`, 'serve.py': FLASK },
    ],
  },
  D4: {
    positive: [
      { 'data/rows.csv.dvc': 'outs:\n- md5: abc\n  path: rows.csv\n' },
      { 'dvc.yaml': DVC, 'dvc.lock': 'schema: "2.0"\n' },
      { '.gitattributes': '*.parquet filter=lfs diff=lfs merge=lfs -text\n' },
    ],
    negative: [{ 'dvc.yaml': DVC }, { 'data/rows.csv': 'a,y\n1,0\n' }],
  },
  D5: {
    positive: [
      { 'dvc.yaml': DVC },
      {
        'flow.py':
          'from prefect import flow\nfrom steps import validate_data, train_model\n\n@flow\ndef main():\n    rows = validate_data()\n    train_model(rows)\n',
      },
    ],
    negative: [
      {
        'dvc.yaml':
          'stages:\n  validate:\n    cmd: python validate.py\n    deps: [model.joblib]\n  train:\n    cmd: python train.py\n    outs: [model.joblib]\n',
      },
      { 'train.py': TRAIN },
    ],
  },
  D6: {
    positive: [{ 'features/feature_store.yaml': 'project: churn\n' }],
    negative: [{ 'requirements.txt': 'feast==0.67.0\n' }],
  },
  D7: {
    positive: [
      {
        'features.py': FEATURES,
        'tests/test_privacy.py':
          'from features import double\n\ndef test_no_forbidden_feature_is_used():\n    assert "ssn" not in dir(double)\n',
      },
    ],
    negative: [{ 'features.py': FEATURES, 'tests/test_a.py': UNIT }],
  },
  T1: {
    positive: [{ 'train.py': TRAIN }, { 'a.ipynb': notebook(TRAIN) }],
    negative: [
      { 'train.py': TRAIN.replace(/.*joblib.dump.*\n/, '') },
      { 'model.pkl': '' },
      { 'train.py': TRAIN.replace(/.*roc_auc_score.*\n/g, '') },
    ],
  },
  T2: {
    positive: [
      { 'train.py': `from sklearn.dummy import DummyClassifier\nDummyClassifier().fit(x, y)\n${TRAIN}` },
      { 'train.py': `def naive_baseline(y):\n    return y.shift()\n` },
    ],
    negative: [{ 'train.py': TRAIN }, { 'train.py': `# better than a baseline\n${TRAIN}` }],
  },
  T3: {
    positive: [
      { 'train.py': TRAIN },
      {
        'lib/train.py': TRAIN.replace(/if __name__[\s\S]*/, ''),
        Makefile: 'train:\n\tpython -m lib.train\n',
      },
    ],
    negative: [
      { 'a.ipynb': notebook(TRAIN) },
      { 'lib/fit.py': TRAIN.replace(/if __name__[\s\S]*/, '') },
      { 'scale.py': 'scaler.fit(x)\n' },
    ],
  },
  T4: {
    positive: [
      { 'uv.lock': 'version = 1\n' },
      { 'requirements.txt': 'pandas==2.2.3\nscikit-learn==1.7.0  # pinned\n' },
      { 'environment.yml': 'dependencies:\n  - python=3.11\n  - pandas=2.2.3=py311\n' },
    ],
    negative: [
      { 'requirements.txt': 'pandas\nscikit-learn==1.7.0\n' },
      { 'pyproject.toml': '[project]\ndependencies = ["pandas>=2"]\n' },
    ],
  },
  T5: {
    positive: [
      { 'train.py': `import mlflow\nmlflow.autolog()\n${TRAIN}` },
      {
        'run.py': 'import wandb\nfrom train import train\nwandb.init(project="x")\ntrain()\n',
        'train.py': TRAIN,
      },
      { 'dvc.yaml': DVC, 'dvc.lock': 'stages:\n  train:\n    params:\n      params.yaml: {a: 1}\n' },
    ],
    negative: [
      { 'train.py': `import mlflow\n${TRAIN}` },
      { 'train.py': TRAIN, 'unused.py': 'import mlflow\nmlflow.log_metric("a", 1)\n' },
      { 'train.py': TRAIN, 'requirements.txt': 'mlflow==3.1\n' },
    ],
  },
  T6: {
    positive: [
      { 'train.py': `import mlflow\nmlflow.autolog()\n${TRAIN}` },
      { 'train.py': TRAIN, 'dvc.lock': 'stages: {}\n' },
    ],
    negative: [{ 'train.py': TRAIN }, { 'train.py': TRAIN.replace('random_state=0', ''), 'dvc.lock': '' }],
  },
  T7: {
    positive: [
      { 'dvc.yaml': DVC, 'dvc.lock': 'stages: {}\n' },
      { 'flow.py': 'from prefect import flow\nfrom steps import train\n\n@flow\ndef main():\n    train()\n' },
      { 'dags/churn.py': 'from airflow import DAG\nwith DAG("churn") as dag:\n    train = task(fit)\n' },
    ],
    negative: [{ 'dvc.yaml': DVC }, { 'flow.py': 'import prefect\n' }, { 'train.py': TRAIN }],
  },
  T8: {
    positive: [
      {
        'train.py': `import mlflow\nmlflow.log_params({})\nmlflow.log_metric("auc", 1)\nmlflow.sklearn.log_model(m, "m")\n${TRAIN}`,
      },
      { 'train.py': `import mlflow\nmlflow.sklearn.autolog()\n${TRAIN}` },
      {
        'run.py': 'from train import train\nfrom record import record\ntrain()\nrecord()\n',
        'train.py': TRAIN,
        'record.py':
          'def record():\n    client.log_batch(run, metrics=m, params=p)\n    client.log_artifacts(run, "models")\n',
      },
    ],
    negative: [{ 'train.py': `import mlflow\nmlflow.log_metric("auc", 1)\n${TRAIN}` }, { 'train.py': TRAIN }],
  },
  T9: {
    positive: [
      { 'train.py': `import mlflow\nmlflow.register_model(uri, "churn")\n` },
      { 'train.py': 'mlflow.sklearn.log_model(m, name="m", registered_model_name="churn")\n' },
      { 'serve.py': 'import mlflow\nm = mlflow.pyfunc.load_model("models:/churn@champion")\n' },
    ],
    negative: [
      { 'train.py': TRAIN },
      { 'train.py': 'import mlflow\nmlflow.sklearn.log_model(m, name="m")\n' },
    ],
  },
  T10: {
    positive: [
      {
        'compare.py':
          'def is_better(candidate, champion, segments):\n    return all(candidate[s] >= champion[s] for s in segments)\n',
      },
    ],
    negative: [
      { 'compare.py': 'def is_better(candidate, champion):\n    return candidate >= champion\n' },
      { 'train.py': TRAIN },
    ],
  },
  T11: {
    positive: [
      {
        'features.py': FEATURES,
        'tests/test_training.py':
          'from features import double\n\ndef test_training_overfits_a_few_rows():\n    assert double(1) > 0.99\n\ndef test_no_nan():\n    assert np.isfinite(double(1)).all()\n',
      },
    ],
    negative: [{ 'features.py': FEATURES, 'tests/test_training.py': UNIT }],
  },
  T12: {
    positive: [
      {
        'controller.py':
          'from monitor import realised_metric\n\ndef should_retrain():\n    return realised_metric() < 0.8\n',
        'monitor.py': 'def realised_metric():\n    return 0.9\n',
      },
    ],
    negative: [{ 'cron.py': 'def retrain():\n    return fit()\n' }, { 'train.py': TRAIN }],
  },
  R1: {
    positive: [{ 'CHANGELOG.md': '# 1.0\n' }, { 'docs/RELEASES.md': '' }],
    negative: [{ 'release.py': 'print(1)\n' }, { 'README.md': '# Releases\n' }],
  },
  R2: {
    positive: [{ 'serve.py': SERVE }, { 'app.py': FLASK, 'openapi.yaml': 'openapi: 3.1.0\n' }],
    negative: [{ 'app.py': FLASK }, { 'a.ipynb': notebook(FLASK) }, { 'train.py': TRAIN }],
  },
  R3: {
    positive: [
      { Makefile: 'rollback:\n\tpython release.py --previous\n' },
      { 'docs/runbook.md': '# Runbook\n\n## Rolling back\n' },
      { 'release.py': 'def rollback(version):\n    pass\n' },
    ],
    negative: [{ 'README.md': 'We could roll back.\n' }, { 'a.py': '# rollback\n' }],
  },
  R4: {
    positive: [
      {
        'serve.py': SERVE,
        'tests/test_serve.py':
          'from fastapi.testclient import TestClient\nfrom serve import app\n\ndef test_it_answers():\n    assert TestClient(app).post("/predict", json={"a": 1}).status_code == 200\n',
      },
    ],
    negative: [
      { 'serve.py': SERVE, 'features.py': FEATURES, 'tests/test_a.py': UNIT },
      {
        'serve.py': SERVE,
        'tests/test_serve.py': 'from serve import app\n\ndef test_it():\n    assert app is not None\n',
      },
    ],
  },
  R5: {
    positive: [
      { '.github/workflows/cd.yml': CI('kubectl apply -f k8s/', '{push: {tags: ["v*"]}}') },
      {
        '.gitlab-ci.yml': 'include:\n  - local: /.gitlab/cd.yml\n',
        '.gitlab/cd.yml': 'release:\n  script: make deploy\n',
      },
    ],
    negative: [
      { '.github/workflows/cd.yml': CI('kubectl apply -f k8s/ || true') },
      { '.github/workflows/ci.yml': CI('pytest') },
      { '.gitlab-ci.yml': 'build:\n  script: make\n', '.gitlab/cd.yml': 'release:\n  script: make deploy\n' },
    ],
  },
  R6: {
    positive: [
      { 'config/staging.yaml': 'a: 1\n', 'config/prod.yaml': 'a: 2\n' },
      { 'k8s/overlays/test/kustomization.yaml': '', 'k8s/overlays/production/kustomization.yaml': '' },
    ],
    negative: [{ 'config/prod.yaml': 'a: 2\n' }, { 'config/prod.yaml': '', 'config/production.yaml': '' }],
  },
  R7: {
    positive: [
      { 'router.py': 'def assign_variant(user):\n    return "b"\n' },
      { 'k8s/model.yaml': 'spec:\n  predictor:\n    canaryTrafficPercent: 10\n' },
    ],
    negative: [{ 'router.py': '# a canary would be nice\n' }, { 'serve.py': SERVE }],
  },
  R8: {
    positive: [{ 'serve.py': `${SERVE}\n@app.get("/version")\ndef version():\n    return {"run": RUN}\n` }],
    negative: [{ 'serve.py': SERVE }],
  },
  R9: {
    positive: [
      {
        'policy.yaml': 'min_gain: 0.01\n',
        'promote.py': 'def promote(challenger, champion):\n    return challenger > champion\n',
      },
    ],
    negative: [
      { 'policy.yaml': 'min_gain: 0.01\n' },
      { 'promote.py': 'def promote(challenger):\n    pass\n' },
    ],
  },
  A1: {
    positive: [
      { 'features.py': FEATURES, 'tests/test_features.py': UNIT },
      {
        'src/churn/features.py': FEATURES,
        'tests/test_features.py':
          'import unittest\nfrom churn.features import double\n\nclass T(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(double(1), 2)\n',
      },
    ],
    negative: [
      {
        'features.py': FEATURES,
        'tests/test_features.py': 'from features import double\n\ndef test_it():\n    double(2)\n',
      },
      { 'tests/test_files.py': 'import os\n\ndef test_files():\n    assert os.path.exists("train.py")\n' },
      { 'features.py': FEATURES, 'tests/test_math.py': 'def test_math():\n    assert 1 + 1 == 2\n' },
    ],
  },
  A2: {
    positive: [
      {
        'train.py': TRAIN,
        'tests/test_pipeline.py':
          'from train import train\n\ndef test_all_steps():\n    assert train()["auc"] > 0.5\n',
      },
      {
        'train.py': TRAIN,
        'tests/test_cli.py':
          'import subprocess\n\ndef test_command():\n    assert subprocess.run(["python", "train.py"]).returncode == 0\n',
      },
    ],
    negative: [{ 'features.py': FEATURES, 'tests/test_features.py': UNIT }],
  },
  A3: {
    positive: [
      {
        'features.py': FEATURES,
        'tests/test_model.py':
          'from features import double\n\ndef test_model():\n    assert auc(double) > 0.8\n',
      },
      {
        'features.py': FEATURES,
        'tests/test_golden.py':
          'from features import double\n\ndef test_recorded():\n    assert double(1) == 2\n',
      },
    ],
    negative: [{ 'features.py': FEATURES, 'tests/test_features.py': UNIT }],
  },
  A4: {
    positive: [
      { '.github/workflows/ci.yml': CI('pytest') },
      { '.github/workflows/ci.yml': CI('make check'), Makefile: 'check: lint test\ntest:\n\tpytest -q\n' },
      { '.gitlab-ci.yml': 'test:\n  script:\n    - tox\n' },
      {
        '.pre-commit-config.yaml':
          'repos:\n  - repo: local\n    hooks:\n      - id: tests\n        entry: pytest\n        language: system\n',
      },
      { Jenkinsfile: "pipeline { stages { stage('t') { steps { sh 'pytest' } } } }" },
    ],
    negative: [
      { '.github/workflows/ci.yml': CI('pytest || true') },
      { '.github/workflows/ci.yml': CI('pytest', 'workflow_dispatch') },
      { '.github/workflows/ci.yml': CI('pytest', '[push]', '        continue-on-error: true\n') },
      { '.github/workflows/ci.yml': CI('pip install pytest') },
      { '.github/workflows/ci.yml.disabled': CI('pytest') },
      { '.github/workflows/ci.yml': CI('make test'), Makefile: 'test:\n\tpytest || true\n' },
      { '.gitlab-ci.yml': 'test:\n  allow_failure: true\n  script: [pytest]\n' },
    ],
  },
  A5: {
    positive: [{ '.github/CODEOWNERS': '* @anna\n' }, { '.github/pull_request_template.md': 'What?\n' }],
    negative: [{ 'CONTRIBUTING.md': 'Please review.\n' }],
  },
  A6: {
    positive: [{ 'pyproject.toml': '[tool.coverage.report]\nfail_under = 90\n' }],
    negative: [{ 'pyproject.toml': '[tool.coverage.report]\nshow_missing = true\n' }],
  },
  A7: {
    positive: [
      { 'tests/load/locustfile.py': 'from locust import HttpUser\n' },
      { Makefile: 'load:\n\twrk -c8 -d10 http://127.0.0.1:8000\n' },
    ],
    negative: [{ 'tests/test_a.py': 'def test_it_loads_a_file():\n    assert load() == 1\n' }],
  },
  A8: {
    positive: [
      { 'docker-compose.yml': 'services: {}\n' },
      { 'infra/main.tf': '' },
      { 'k8s/app.yaml': 'kind: Deployment\n' },
      { 'deploy/supervisord.conf': '[program:serve]\ncommand=serve\n' },
      { 'systemd/model.service': '[Service]\nExecStart=/srv/model/serve\n' },
    ],
    negative: [
      { 'supervisord.conf': '[supervisord]\nnodaemon=true\n' },
      { Dockerfile: 'FROM python:3.12\n' },
      { 'config.yaml': 'a: 1\n' },
    ],
  },
  A9: {
    positive: [
      {
        '.github/dependabot.yml': 'version: 2\n',
        '.github/workflows/ci.yml': CI('gitleaks detect'),
      },
    ],
    negative: [
      { '.github/dependabot.yml': 'version: 2\n' },
      { '.github/workflows/ci.yml': CI('pip-audit || true') },
    ],
  },
  O1: {
    positive: [
      {
        'serve.py': SERVE,
        'predict.py':
          'import joblib, uuid\nfrom log import append\nmodel = joblib.load("m")\nfor row in rows:\n    append(uuid.uuid4(), model_version, model.predict(row))\n',
        'log.py': 'def append(*row):\n    con.execute("INSERT INTO predictions VALUES (?,?,?)", row)\n',
      },
      {
        'app.py': FLASK.replace(
          '    return',
          '    with open("log.jsonl", "a") as log:\n        log.write(json.dumps({"request_id": i, "model_version": v}))\n    return',
        ),
      },
    ],
    negative: [
      { 'serve.py': SERVE },
      {
        'predict.py':
          'import joblib\nmodel = joblib.load("m")\nout["p"] = model.predict(rows)\nout.to_csv("predictions.csv")\n',
      },
      { 'app.py': FLASK.replace('    return', '    open("log.txt", "a").write("predicted")\n    return') },
      { 'train.py': `${TRAIN}\nopen("log.txt", "a").write(f"{prediction_id} {model_version}")\n` },
    ],
  },
  O2: {
    positive: [
      {
        'monitor.py':
          'import pandas as pd\nfrom sklearn.metrics import roc_auc_score\n\ndef monthly(predictions, actuals):\n    both = predictions.merge(actuals, on="prediction_id")\n    return both.groupby("month").apply(lambda m: roc_auc_score(m.actual, m.score))\n',
      },
      {
        'perf.py':
          'import nannyml as nml\ncalc = nml.PerformanceCalculator(y_true="y", y_pred="p", metrics=["f1"], timestamp_column_name="t")\n',
      },
    ],
    negative: [
      { 'train.py': `${TRAIN}\nrows = rows.merge(labels, on="id")\nmonth = rows.groupby("month")\n` },
      { 'monitor.py': 'from scipy.stats import ks_2samp\n\ndef drift(a, b):\n    return ks_2samp(a, b)\n' },
      { 'monitor.py': '"""Join predictions with actual outcomes per month, accuracy."""\n' },
    ],
  },
  O3: {
    positive: [
      { 'roi.yaml': 'true_positive: 100\n' },
      { 'value.py': 'cost_matrix = [[0, 5], [50, 0]]\n' },
      { 'params.yaml': 'false_negative_cost: 1\ncost_false_positive: 5\n' },
    ],
    negative: [
      { 'README.md': 'Great ROI!\n' },
      { 'a.py': '# cost_matrix\n' },
      { 'a.py': 'heroic = android = 1\n' },
    ],
  },
  O4: {
    positive: [
      {
        'drift.py': 'from scipy.stats import ks_2samp\nks_2samp(a, b)\n',
        '.github/workflows/monitor.yml': CI('python drift.py', '{schedule: [{cron: "0 6 * * *"}]}'),
      },
    ],
    negative: [
      { 'drift.py': 'from scipy.stats import ks_2samp\nks_2samp(a, b)\n' },
      { '.github/workflows/monitor.yml': CI('python monitor.py', '{schedule: [{cron: "0 6 * * *"}]}') },
    ],
  },
  O5: {
    positive: [
      {
        'serve.py': `from prometheus_client import Histogram\nLATENCY = Histogram("latency", "s")\n${SERVE}`,
      },
    ],
    negative: [
      { 'serve.py': SERVE, 'requirements.txt': 'prometheus-client==0.20\n' },
      { 'serve.py': `import prometheus_client\n${SERVE}` },
    ],
  },
  O6: {
    positive: [{ 'estimate.py': 'import nannyml as nml\nnml.CBPE(problem_type="classification_binary")\n' }],
    negative: [{ 'estimate.py': 'import nannyml as nml\nnml.UnivariateDriftCalculator()\n' }],
  },
  O7: {
    positive: [{ 'docs/runbooks/bad-week.md': '# What to do\n' }, { 'src/churn/diagnose.py': 'x = 1\n' }],
    negative: [{ 'README.md': 'Look for the root cause.\n' }],
  },
  O8: {
    positive: [
      {
        'features.py': FEATURES,
        'tests/test_production.py':
          'from features import double\n\ndef test_skew():\n    assert double(1) == 2\n\ndef test_model_is_not_stale():\n    assert double(1) == 2\n\ndef test_outputs_are_finite():\n    assert double(1) == 2\n',
      },
    ],
    negative: [
      {
        'features.py': FEATURES,
        'tests/test_production.py':
          'from features import double\n\ndef test_skew():\n    assert double(1) == 2\n',
      },
    ],
  },
  O9: {
    positive: [
      {
        'controller.py':
          'def should_retrain(label_delay, root_cause, challenger, budget):\n    decision_log.append((label_delay, root_cause))\n',
      },
    ],
    negative: [
      { 'controller.py': 'def should_retrain(drift):\n    return drift > 0.2\n' },
      { 'controller.py': 'def should_retrain(label_delay, root_cause, budget):\n    return True\n' },
    ],
  },
  O10: {
    positive: [{ 'features.yaml': 'age:\n  max_age: 2d\n' }],
    negative: [{ 'features.yaml': 'age:\n  type: int\n' }],
  },
  O11: {
    positive: [{ 'docs/postmortems/2024-05-leak.md': '# Leak\n' }],
    negative: [{ 'docs/incidents.txt': 'none\n' }],
  },
}
