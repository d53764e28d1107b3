import { appendFileSync, cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createPrepared, prepare } from './prepared.ts'
import { CREDIT } from './projects.ts'
import { createMlops, make, run, scratchFolder } from './run.ts'

const REPOSITORIES = 'test/fixtures/repositories'

function assessed(folder: string, ...flags: string[]) {
  const ran = createMlops(folder, 'assess', '--json', ...flags)
  const { level, models } = JSON.parse(ran.stdout)
  const scoreOf = (id: string) => models[0].criteria.find((each: { id: string }) => each.id === id).score
  return { code: ran.code, level, runs: models[0].runs, scoreOf }
}

describe('a real project', () => {
  let project: string

  beforeAll(() => {
    project = createPrepared(CREDIT, {}, '--level', '2')
  })

  test('of level 2 is assessed as that, and fails a check for level 3', () => {
    expect(assessed(project, '--min-level', '2')).toMatchObject({ code: 0, level: 2 })
    expect(assessed(project, '--min-level', '3')).toMatchObject({ code: 1, level: 2 })
  })

  test('its tests and its training work in a copy, which leaves nothing behind', () => {
    const before = contentsOf(project)
    const { level, runs, scoreOf } = assessed(project, '--run')
    expect(runs).toMatchObject([
      { name: 'tests', worked: true },
      { name: 'training', worked: true },
    ])
    expect([level, scoreOf('A1'), scoreOf('T3')]).toEqual([2, 1, 1])
    expect(contentsOf(project)).toEqual(before)
  })

  test('with a broken feature the tests and the training fail, and so does the level', () => {
    const broken = join(scratchFolder('broken'), 'model')
    cpSync(project, broken, { recursive: true, verbatimSymlinks: true })
    appendFileSync(
      join(broken, 'src/model/features.py'),
      '\n\ndef make_features(table):\n    raise ValueError("broken")\n',
    )
    const { level, runs, scoreOf } = assessed(broken, '--run')
    expect(runs.map(({ worked }: { worked: boolean }) => worked)).toEqual([false, false])
    expect([level, scoreOf('A1'), scoreOf('T3')]).toEqual([0, 0, 0])
  })
})

test('a repository of flat scripts keeps working when a level is added, and one more', () => {
  const root = join(scratchFolder('existing'), 'scripts')
  cpSync(join(REPOSITORIES, 'flat-scripts'), root, { recursive: true })
  const flags = [
    '--data',
    'data/churn.csv',
    '--target',
    'churned',
    '--id',
    'customer_id',
    '--stack',
    'environment=uv',
    '--stack',
    'framework=scikit-learn',
    '--in-place',
  ]
  const added = createMlops(root, '.', ...flags, '--yes', '--no-install', '--no-git', '--conflicts', 'mine')
  expect(added.code, added.output).toBe(0)
  expect(added.stdout).toContain('Its files show level 0')
  prepare(root)
  expect(assessed(root)).toMatchObject({ level: 1 })
  const upgraded = createMlops(root, 'upgrade', '--conflicts', 'mine')
  expect(upgraded.code, upgraded.output).toBe(0)
  prepare(root)
  for (const target of ['train', 'predict'])
    expect(make(root, target).output).toContain(`make ${target} -> 0`)
  // Their own commands, with the environment that the project brought.
  const python = join(root, '.venv/bin/python')
  const trained = run(root, python, ['train.py'])
  expect(trained.output).toMatch(/-> 0\nAUC 0\.\d+/)
  expect(run(root, python, ['predict.py', 'data/churn.csv']).stdout).toBe('160 rows scored\n')
  for (const name of ['train.py', 'predict.py', 'utils.py', 'README.md', 'requirements.txt'])
    expect(readFileSync(join(root, name))).toEqual(readFileSync(join(REPOSITORIES, 'flat-scripts', name)))
})

/** Every path; caches of Python come and go. */
function contentsOf(folder: string): string[] {
  const skipped = /(^|\/)(\.venv|\.git|__pycache__|\.pytest_cache|\.hypothesis)(\/|$)/
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !skipped.test(path),
  )
  return paths.sort()
}
