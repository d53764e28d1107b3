import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { commitAll, edit } from './edit.ts'
import { model, readCsv, readJson } from './projects.ts'
import { added, repository } from './repositories.ts'
import { createMlops, make, type Ran, run } from './run.ts'

interface Case {
  readonly name: string
  readonly data: string
  /** What is corrected by hand. */
  readonly facts?: readonly string[]
  /** A file of the user's that has to be written first, where none of theirs does it. */
  readonly written?: Readonly<Record<string, string>>
  /** Commands of the user's that work before and after, run by Python. */
  readonly own: readonly string[]
}

const SCORING = `import pandas as pd


def predict(model, rows):
    x = pd.get_dummies(rows[["tenure", "plan", "charges"]])
    return model.predict_proba(x.reindex(columns=model.feature_names_in_, fill_value=0))[:, 1]
`

const CASES: readonly Case[] = [
  { name: 'monorepo', data: 'models/churn/data.csv', own: ['models/churn/train.py'] },
  { name: 'honest-level-1', data: 'data.csv', own: ['model.py train', 'model.py score data.csv'] },
  { name: 'dvc-github', data: 'data/churn.csv', own: ['src/prepare.py', 'src/train.py', '-m pytest -q'] },
  {
    name: 'notebook-and-pickle',
    data: 'churn.csv',
    facts: ['prediction=scoring:predict', 'code=Untitled1.ipynb,scoring.py'],
    written: { 'scoring.py': SCORING },
    own: [],
  },
  { name: 'poetry-tested', data: 'data/churn.csv', own: ['-m pytest -q', '-m churn.fetch'] },
  { name: 'flask-setup-py', data: 'data/churn.csv', own: ['-m churnapp.train', '-m pytest -q'] },
  // These two read a file that only one machine has, so none of their commands works anywhere else.
  { name: 'conda-mlproject', data: 'data/churn.csv', own: [] },
  {
    name: 'windows latin-1',
    data: 'Neue Daten/kunden.csv',
    facts: ['data=Neue Daten/kunden.csv'],
    own: [],
  },
]

describe('framework=own: flat scripts', () => {
  let root: string
  let project: string

  beforeAll(() => {
    root = repository('flat-scripts')
    project = added(root, 'data/churn.csv', '--level', '1', '--fact', 'requirements=none')
    expectOk(make(project, 'train'))
  })

  test('are called: another number of trees in train.py makes another model, and the old one the same again', () => {
    const trained = () => readJson(project, 'models/signature.json').sha256
    const before = trained()
    edit(root, 'train.py', 'n_estimators=30', 'n_estimators=31')
    expectOk(make(project, 'train'))
    expect(trained()).not.toBe(before)
    edit(root, 'train.py', 'n_estimators=31', 'n_estimators=30')
    expectOk(make(project, 'train'))
    expect(trained()).toBe(before)
  })

  test('predict, by the function that the model is asked with and by their own command alike', () => {
    expectOk(make(project, 'predict'))
    const scores = scoresOf(project)
    edit(project, 'mlops.yaml', 'predict: null', 'predict: "python predict.py {input}"')
    edit(project, 'mlops.yaml', 'predictions: null', 'predictions: "predictions.csv"')
    edit(project, 'mlops.yaml', '- "train.py"', '- "train.py"\n    - "predict.py"')
    expectOk(make(project, 'train'))
    expectOk(make(project, 'predict'))
    expect(scoresOf(project)).toEqual(scores)
  })

  test('that fail are said to have failed, and where', () => {
    edit(root, 'utils.py', 'df[FEATURES]', 'df[["tenure", "chargse"]]')
    const failed = model(project, 'train')
    expect([failed.code, failed.stderr]).toEqual([
      1,
      expect.stringContaining('Your training code, own.train'),
    ])
    expect(failed.stderr).toContain('"[\'chargse\'] not in index"')
    edit(root, 'utils.py', 'df[["tenure", "chargse"]]', 'df[FEATURES]')
    edit(root, 'train.py', 'joblib.dump(model, "model.joblib")', '')
    expect(model(project, 'train').stderr).toContain('wrote no model.joblib, as own.model says')
    edit(project, 'mlops.yaml', 'model: "model.joblib"', 'modell: "model.joblib"')
    expect(model(project, 'train').stderr).toContain('no setting own.modell (did you mean "model"?)')
  })

  test('have packages of their own, whose versions are locked; a lock that comes back counts', () => {
    const installed = () =>
      run(project, '.venv-own/bin/python', [
        '-c',
        'import humanize; print(humanize.__version__)',
      ]).stdout.trim()
    const lock = join(project, 'requirements-own.lock')
    writeFileSync(join(root, 'own.txt'), 'humanize<4.10\n')
    edit(project, 'mlops.yaml', 'requirements: []', 'requirements: ["own.txt"]')
    expectOk(make(project, 'setup'))
    const before = readFileSync(lock, 'utf8')
    expect(before).toContain(`\nhumanize==${installed()}\n`)
    expect(installed()).toMatch(/^4\.9\./)
    writeFileSync(join(root, 'own.txt'), 'humanize>=4.10\n')
    expectOk(make(project, 'setup'))
    expect(readFileSync(lock, 'utf8')).toContain(`\nhumanize==${installed()}\n`)
    expect(installed()).not.toMatch(/^4\.9\./)
    writeFileSync(join(root, 'own.txt'), 'humanize==0.0.999\n')
    expect(make(project, 'setup').code).not.toBe(0)
    expect(installed()).not.toMatch(/^4\.9\./)
    expect(installed()).toMatch(/^4\./)
    writeFileSync(join(root, 'own.txt'), 'humanize>=4.10\n')
    writeFileSync(lock, before)
    expectOk(make(project, 'setup'))
    expect(installed()).toMatch(/^4\.9\./)
    expect(readFileSync(lock, 'utf8')).toBe(before)
    edit(project, 'mlops.yaml', 'requirements: ["own.txt"]', 'requirements: []')
    expectOk(make(project, 'setup'))
    expect(existsSync(join(project, '.venv-own'))).toBe(false)
  })
})

/** Three levels, and all their checks with a model that is trained in a process of its own. */
const LONG = 1_800_000

const isMatrix = process.env.MATRIX === '1'

describe.skipIf(!isMatrix)('framework=own: a repository with a model of its own', () => {
  test.each(CASES)(
    '$name: its own code at its level, and at two more',
    ({ name, data, facts = [], written = {}, own }) => {
      const root = repository(name)
      for (const [path, text] of Object.entries(written)) writeFileSync(join(root, path), text)
      const before = contentsOf(root)
      const project = added(root, data, ...facts.flatMap((fact) => ['--fact', fact]))
      // On few rows some of these models are not surely better than none, which is theirs to say.
      edit(project, 'mlops.yaml', 'confidence: 0.95', 'confidence: 0.5')
      const level = levelOf(project)
      expect(level).toBeLessThanOrEqual(3)
      for (const to of [level, level + 1, level + 2].filter((each) => each <= 4)) {
        commitAll(root)
        if (to > level) {
          expectOk(createMlops(project, 'upgrade', '--to', String(to)))
          expectOk(make(project, 'setup'))
          commitAll(root)
        }
        expectOk(make(project, to >= 3 ? 'pipeline' : 'train'))
        expectOk(make(project, 'predict'))
        if (to >= 2) expectOk(make(project, 'check'))
        if (to >= 3) expectOk(make(project, 'reproduce', 'RUN=1'))
        if (to >= 4) for (const target of ['deploy', 'teardown']) expectOk(make(project, target, 'ENV=test'))
      }
      const after = contentsOf(root)
      for (const [path, text] of before) expect(after.get(path), path).toBe(text)
      const python = join(project, '.venv-own/bin/python')
      if (own.length > 0)
        expectOk(run(root, 'uv', ['pip', 'install', '--quiet', '--python', python, 'pytest']))
      for (const command of own)
        expectOk(run(root, python, command.split(' '), { PYTHONPATH: `${root}:${join(root, 'src')}` }))
    },
    LONG,
  )
})

test('code that reads the path of one machine is called once it is said which file takes its place', () => {
  const root = repository('windows latin-1')
  const create = (...flags: string[]) => {
    const made = createMlops(root, '.', '--target', 'churned', ...flags, '--yes', '--dry-run')
    expectOk(made)
    return made.stdout.replaceAll(/\s+/g, ' ')
  }
  expect(create()).toContain('the file that it reads (--fact data=FILE)')
  const called = create('--fact', 'data=Neue Daten/kunden.csv')
  expect(called).toContain('Your code is called, not replaced')
  expect(called).toContain(
    'C:\\Projekte\\Kündigung\\daten.csv, in a copy of the code replaced by the file above',
  )
})

function expectOk(ran: Ran): void {
  expect(ran.code, ran.output).toBe(0)
}

function scoresOf(project: string): string[] {
  const [header = [], ...rows] = readCsv(project, 'predictions.csv')
  return rows.map((row) => Number(row[header.indexOf('score')]).toFixed(6))
}

function levelOf(project: string): number {
  return Number(/^level: (\d)/m.exec(readFileSync(join(project, 'mlops.yaml'), 'utf8'))?.[1])
}

/** Every file outside of mlops/ and of git. */
function contentsOf(root: string): Map<string, string> {
  const found = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = found.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
  const theirs = paths.filter((path) => !/^(mlops|\.git)\//.test(path))
  return new Map(theirs.map((path) => [path, readFileSync(join(root, path), 'latin1')]))
}
