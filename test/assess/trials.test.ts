import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRepository } from '../../src/assess/repository/repository.ts'
import { trialsOf } from '../../src/assess/trials.ts'
import { command } from '../commands/command.ts'

const FOLDER = 'test/fixtures/repositories'

test.each([
  ['flat-scripts', ['python train.py']],
  ['flask-setup-py', ['python -m pytest -q', 'python -m churnapp.train']],
  ['poetry-tested', ['make test', 'make train']],
  ['dvc-github', ['python -m pytest -q', 'sh -c python src/prepare.py && python src/train.py']],
  ['honest-level-1', []],
  ['notebook-and-pickle', []],
])('what can be tried of %s', (name, commands) => {
  const trials = trialsOf(openRepository(join(FOLDER, name)), '')
  expect(trials.map(({ command }) => command.join(' '))).toEqual(commands)
})

describe('--run', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'trials-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  function write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
  }

  /** Trains by counting: no library is needed. */
  const TRAIN =
    'import pathlib, sys\nsys.path.insert(0, ".")\nfrom model import Model\nModel().fit([1])\npathlib.Path("model.pkl").write_text("m")\nprint("accuracy", 1)\n'
  const MODEL =
    'class Model:\n    def fit(self, x):\n        return self\n    def score(self, x):\n        return 1\n'

  async function assessed() {
    const { stdout } = await command(root, 'assess', '--run', '--json')
    const [model] = JSON.parse(stdout).models
    const score = (id: string) => model.criteria.find((each: { id: string }) => each.id === id)
    return { runs: model.runs, score }
  }

  test('what works counts in full, and the repository stays as it is', async () => {
    write({ 'train.py': TRAIN, 'model.py': MODEL })
    symlinkSync('/etc', join(root, 'outside'))
    const before = readdirSync(root)
    const { runs, score } = await assessed()
    expect(runs).toMatchObject([{ name: 'training', worked: true, said: 'accuracy 1' }])
    expect(score('T3').score).toBe(1)
    expect(readdirSync(root)).toEqual(before)
    expect(readFileSync(join(root, 'train.py'), 'utf8')).toBe(TRAIN)
  })

  test('what fails counts for nothing, with what it said', async () => {
    write({ 'train.py': `${TRAIN}raise SystemExit("no data")\n`, 'model.py': MODEL })
    const { runs, score } = await assessed()
    expect(runs).toMatchObject([{ worked: false, said: 'no data' }])
    expect(score('T3')).toMatchObject({ score: 0, lacking: 'python train.py fails: no data' })
  })

  test('what lacks its packages is not held against it', async () => {
    write({ 'train.py': `import no_such_library\n${TRAIN}`, 'model.py': MODEL })
    const { runs, score } = await assessed()
    expect(runs).toMatchObject([{ worked: null, said: 'its packages are not installed in .venv' }])
    expect(score('T3').score).toBe(0.5)
  })

  test('the stages of a pipeline stop at the first that fails', async () => {
    const stages = 'stages:\n  prepare:\n    cmd: no-such-program\n  train:\n    cmd: touch trained\n'
    write({ 'train.py': TRAIN, 'model.py': MODEL, 'dvc.yaml': stages })
    const { runs } = await assessed()
    expect(runs).toMatchObject([{ name: 'training', worked: false }])
    expect(readdirSync(root)).not.toContain('trained')
  })
})
