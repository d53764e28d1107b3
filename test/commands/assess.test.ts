import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { command } from './command.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'assess-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

async function assessed(...args: string[]) {
  const { stdout, code } = await command(root, 'assess', '--json', ...args)
  return { ...JSON.parse(stdout), code }
}

const WORKFLOW = 'on: push\njobs:\n  test:\n    steps:\n      - run: pytest || true\n'

describe('assess', () => {
  test('says the level, its evidence, the traps and what is next', async () => {
    write({ 'train.py': 'import mlflow\nmodel.fit(x)\n', '.github/workflows/ci.yml': WORKFLOW })
    const { stdout, code } = await command(root, 'assess')
    expect(code).toBe(0)
    expect(stdout).toContain('level 0, not yet level 1')
    expect(stdout).toContain('.github/workflows/ci.yml:5 test: pytest || true (|| true)')
    expect(stdout).toContain('train.py:1 import mlflow')
    expect(stdout).toMatch(/What would raise it to level 1, in this order\n +1\. O1/)
    expect(stdout).toContain('A level above 1 would not be worth it while')
    expect(stdout).toContain('the model is rarely changed')
  })

  test('--min-level fails below it, with the whole result', async () => {
    const { stdout, stderr, code } = await command(root, 'assess', '--min-level', '2', '--json')
    expect(code).toBe(1)
    expect(stderr).toContain('Level 0 is below --min-level 2')
    expect(JSON.parse(stdout)).toMatchObject({ level: 0, claimedLevel: null, models: [{ path: '' }] })
  })

  test('--markdown has a badge, and texts of the repository cannot break its tables', async () => {
    write({ 'a|`b`.py': 'df = read_csv("x.csv")\n' })
    const { stdout } = await command(root, 'assess', '--markdown')
    expect(stdout).toMatch(/^!\[MLOps level 0\]\(/)
    expect(stdout).toContain("| 1 | 0.5 | `a\\|'b'.py:1 read_csv()` |")
  })

  test('people are asked, and their answers are kept apart from what files show', async () => {
    const answers = 'people: {P1: yes, P2: no}\ncriteria: {A5: yes}\n'
    write({ 'answers.yml': answers })
    const { level, answeredLevel, people, models } = await assessed('--answers', 'answers.yml')
    expect([level, answeredLevel]).toEqual([0, 0])
    expect(people.map(({ answer }: { answer: unknown }) => answer)).toEqual([true, false, null, null, null])
    const review = models[0].criteria.find(({ id }: { id: string }) => id === 'A5')
    expect(review).toMatchObject({ score: 0, answer: true })
  })

  test.each([
    ['people: {P9: yes}', 'people.P9 is unknown'],
    ['people: {P1: perhaps}', 'people.P1 is "perhaps", expected yes or no'],
    ['peple: {}', '"peple" is unknown'],
    ['situation: {models: many}', 'situation.models is "many", expected a number'],
    ['situation: {models: 1}', 'situation.releases is missing'],
    ['a: [', 'answers.yml'],
  ])('answers such as %s are refused by name', async (text, message) => {
    write({ 'answers.yml': text })
    const { code, stderr } = await command(root, 'assess', '--answers', 'answers.yml')
    expect(code).toBe(1)
    expect(stderr).toContain(message)
  })

  test.each([
    [['nowhere'], 'nowhere is no folder'],
    [['--answers', 'none.yml'], 'none.yml, which does not exist'],
    [['--min-level', '6'], 'expected a number from 1 to 5'],
  ])('%j is a usage error', async (args, message) => {
    const { code, stderr } = await command(root, 'assess', ...args)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })

  test('a situation that a lower level fits is said to be over-mature', async () => {
    const situation =
      'situation: {models: 1, releases: 2, requests: 10, label-delay: 30, error-cost: low, retrain-cost: low, team: 1}\n'
    write({ 'answers.yml': situation, ...LEVEL_2_MACHINERY })
    const { verdicts, adviceLevel } = await assessed('--answers', 'answers.yml')
    expect(adviceLevel).toBe(1)
    expect(verdicts.join('\n')).toContain('Over-mature: level 1 fits')
  })

  test('machinery does not make up for a hole below it', async () => {
    write(LEVEL_2_MACHINERY)
    const { level, verdicts } = await assessed()
    expect(level).toBe(0)
    expect(verdicts.join('\n')).toContain('the machinery is that of level 2, with holes in monitoring')
  })

  test('links are not followed, other encodings and line ends are read, broken files are no obstacle', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'))
    writeFileSync(join(outside, 'train.py'), 'import pandas as pd\npd.read_csv("secret.csv")\n')
    write({
      'latin 1/laden.py': Buffer.from(
        '# Größe\r\nimport pandas as pd\r\ndf = pd.read_csv("a.csv")\r\n',
        'latin1',
      ),
      'utf16.py': Buffer.from('\uFEFFimport pandas\npandas.read_sql("x")\n', 'utf16le'),
      'broken.ipynb': '{"cells": [',
      'broken.yaml': 'a: [',
      '.github/workflows/ci.yml': 'on: [push\njobs: {',
      'pyproject.toml': '[project\n',
      'binary.py': Buffer.from([0, 1, 2]),
    })
    symlinkSync(outside, join(root, 'linked'))
    symlinkSync(join(outside, 'train.py'), join(root, 'linked.py'))
    const { models, code } = await assessed()
    rmSync(outside, { recursive: true })
    const read = models[0].criteria.find(({ id }: { id: string }) => id === 'D1').evidence
    expect(code).toBe(0)
    expect(read.map(({ path, line }: { path: string; line: number }) => `${path}:${line}`)).toEqual([
      'latin 1/laden.py:3',
      'utf16.py:2',
    ])
  })
})

/** Everything of level 2 that concerns code, and no monitoring at all. */
const LEVEL_2_MACHINERY = {
  'data.py':
    'import pandas as pd\nimport pandera.pandas as pa\n\ndef load():\n    return pa.DataFrameSchema({}).validate(pd.read_csv("data/x.csv"))\n',
  'train.py':
    'import joblib\nfrom data import load\nfrom sklearn.dummy import DummyClassifier\n\ndef train():\n    rows = load()\n    baseline = DummyClassifier().fit(rows, rows.y)\n    model = M().fit(rows, rows.y)\n    joblib.dump(model, "m.joblib")\n    return model.score(rows, rows.y)\n\nif __name__ == "__main__":\n    train()\n',
  'serve.py':
    'import joblib\nfrom fastapi import FastAPI\nfrom pydantic import BaseModel\nfrom data import load\n\nclass Row(BaseModel):\n    a: int\n\napp = FastAPI()\n\n@app.post("/predict")\ndef predict(row: Row):\n    return joblib.load("m.joblib").predict(row)\n',
  'tests/test_pipeline.py':
    'from train import train\n\ndef test_accuracy_is_above_the_floor():\n    assert train() > 0.8\n',
  'requirements.txt': 'pandas==2.2.3\n',
  'CHANGELOG.md': '# 1.0\n',
  Makefile: 'data:\n\tpython data.py\n',
  '.github/CODEOWNERS': '* @anna\n',
  '.github/workflows/ci.yml': 'on: push\njobs:\n  test:\n    steps:\n      - run: pytest\n',
}
