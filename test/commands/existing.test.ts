import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { catalog } from '../layers/real-projects.ts'
import { command } from './command.ts'

const FIXTURES = 'test/fixtures/repositories'
/** What a fixture calls its data, relative to where the project goes. */
const REPOSITORIES: readonly (readonly [name: string, data: string])[] = [
  ['notebook-and-pickle', 'churn.csv'],
  ['flat-scripts', 'data/churn.csv'],
  ['flask-setup-py', 'data/churn.csv'],
  ['poetry-tested', 'data/churn.csv'],
  ['conda-mlproject', 'data/churn.csv'],
  ['dvc-github', 'data/churn.csv'],
  ['monorepo', 'models/churn/data.csv'],
  ['windows latin-1', 'Neue Daten/kunden.csv'],
  ['honest-level-1', 'data.csv'],
]
const FLAGS = ['--target', 'churned', '--yes', '--no-install', '--no-git']

let folder: string
let root: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'existing-'))
  root = join(folder, 'churn')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function files(): Map<string, string> {
  const found = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = found.map((entry) => join(entry.parentPath, entry.name))
  return new Map(paths.map((path) => [path.slice(root.length + 1), readFileSync(path, 'latin1')]))
}

/** Runs a command that has to work, and returns the paths that its plan changes. */
async function planned(...args: string[]): Promise<Set<string>> {
  const { code, stdout, stderr } = await command(root, ...args, '--json')
  expect(code, stderr).toBe(0)
  const changes: { kind: string; path: string }[] = JSON.parse(stdout).changes
  return new Set(changes.filter(({ kind }) => !['pending', 'keep'].includes(kind)).map(({ path }) => path))
}

describe.each(REPOSITORIES)('%s', (name, data) => {
  test('beside it, no byte of it changes, and it climbs', async () => {
    cpSync(join(FIXTURES, name), root, { recursive: true })
    const before = files()
    await planned('.', '--data', data, ...FLAGS, '--level', '1')
    for (const _ of catalog.levels.slice(1)) await planned('upgrade', '--yes', '--cwd', 'mlops')
    const after = files()
    for (const [path, text] of before) expect(after.get(path), path).toBe(text)
    for (const path of after.keys()) if (!before.has(path)) expect(path).toMatch(/^mlops\//)
  })

  test('in place it keeps every byte that no plan announced, and climbs', async () => {
    cpSync(join(FIXTURES, name), root, { recursive: true })
    const before = files()
    const flags = [...FLAGS, '--in-place', '--level', '1', '--conflicts', 'mine']
    const announced = await planned('.', '--data', data, ...flags)
    for (const _ of catalog.levels.slice(1))
      for (const path of await planned('upgrade', '--yes', '--conflicts', 'mine')) announced.add(path)
    const after = files()
    for (const [path, text] of before) if (!announced.has(path)) expect(after.get(path), path).toBe(text)
    const touched = [...before.keys()].filter((path) => after.get(path) !== before.get(path))
    // What is added to, by what the files mean; nothing else of the user's may change.
    for (const path of touched)
      expect(path).toMatch(
        /^(\.gitignore|\.dvcignore|pyproject\.toml|\.pre-commit-config\.yaml|roi\.yaml|requirements\.txt|dvc\.yaml|params\.yaml|\.github\/.*)$/,
      )
    for (const path of touched)
      for (const line of (before.get(path) as string).split(/\r?\n/)) expect(after.get(path)).toContain(line)
  })
})

describe('a folder with code in it', () => {
  beforeEach(() => cpSync(join(FIXTURES, 'poetry-tested'), root, { recursive: true }))

  test('is shown with its facts, and the level above its own is made', async () => {
    const { stdout } = await command(root, '.', '--data', 'data/churn.csv', ...FLAGS, '--dry-run')
    expect(stdout).toMatch(/environment +poetry +pyproject.toml:1 \[tool.poetry\]/)
    expect(stdout).toMatch(/training +module +churn\/train.py:\d+ trains/)
    expect(stdout).toMatch(/prediction +service +churn\/service.py:\d+ app.post\("\/score"\)/)
    expect(stdout).toMatch(/there already +GitHub Actions/)
    expect(stdout).toContain('Its files show level 0; create-mlops assess says why. Level 1 is next.')
  })

  test('what does not go well together is said before', async () => {
    const dry = ['.', '--data', 'data/churn.csv', ...FLAGS, '--in-place', '--dry-run']
    const { stdout } = await command(root, ...dry, '--level', '2')
    expect(stdout).toContain('poetry does not install it')
    expect(stdout).toContain('The generated tests join yours in tests/')
    expect(stdout).toContain('Without --in-place it goes into a folder of its own')
    expect((await command(root, ...dry)).stdout).not.toContain('join yours')
  })

  test('a package of the same name is left alone', async () => {
    const flags = ['--data', 'data/churn.csv', ...FLAGS, '--in-place', '--conflicts', 'mine']
    const paths = await planned('.', ...flags, '--dry-run')
    expect(paths).toContain('src/churn_mlops/train.py')
    expect([...paths].filter((path) => /^(src\/)?churn\//.test(path))).toEqual([])
    const { code, stderr } = await command(root, '.', ...flags, '--name', 'churn')
    expect(code).toBe(2)
    expect(stderr).toContain('--name churn would write into churn, which is yours')
  })

  test('what the user says wins', async () => {
    writeFileSync(join(root, 'requirements.txt'), 'pandas\n')
    const said = ['--level', '1', '--name', 'other', '--stack', 'environment=uv', '--in-place']
    const flags = ['--data', 'data/churn.csv', ...FLAGS, ...said, '--conflicts', 'mine']
    const { stdout } = await command(root, '.', ...flags)
    expect(stdout).toContain('You asked for level 1.')
    expect(readFileSync(join(root, 'mlops.yaml'), 'utf8')).toMatch(/level: 1\nstack:\n {2}environment: uv/)
    expect(readdirSync(join(root, 'src'))).toEqual(['other'])
  })
})

test('a new folder is not looked at', async () => {
  const { stdout } = await command(folder, 'new', '--yes', '--no-install', '--no-git', '--dry-run')
  expect(stdout).not.toContain('holds already')
})
