import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPrepared } from './prepared.ts'
import { CREDIT, readJson } from './projects.ts'
import { type Ran, run } from './run.ts'
import { hasPostgres, type Store, startStore } from './servers.ts'

describe.skipIf(!hasPostgres)('store=services on PostgreSQL and an S3 server', () => {
  let project: string
  let store: Store

  beforeAll(async () => {
    project = createPrepared(CREDIT, { store: 'services' }, '--level', '3')
    store = await startStore(project)
  })

  afterAll(() => store.stop())

  test('a database that is not named is asked for', () => {
    const refused = run(project, '.venv/bin/model', ['versions'])
    expect(refused.code, refused.output).toBe(2)
    expect(refused.stderr).toMatch(/MLFLOW_DATABASE_URL is not set: .*postgresql\+psycopg:/)
  })

  test('a version that one machine promotes is the champion of another, with its data', () => {
    const made = command('pipeline')
    expect(made.code, made.output).toBe(0)
    expect(command('promote', '1').code).toBe(0)
    const clean = readFileSync(join(project, 'data/clean/rows.parquet'))
    const champion = readJson(project, 'models/champion.json')
    // Another machine has the code and the environment, and nothing else.
    for (const path of ['models', 'data/clean', '.dvc/cache', '.pipeline'])
      rmSync(join(project, path), { recursive: true })
    const refreshed = command('refresh')
    expect(refreshed.stdout).toMatch(/Champion +version 1/)
    expect(readJson(project, 'models/champion.json')).toEqual(champion)
    const proved = command('proof')
    expect(proved.code, proved.output).toBe(0)
    const { version } = readJson(project, 'data/version.json')
    expect(command('data', '--version', version).code).toBe(0)
    expect(readFileSync(join(project, 'data/clean/rows.parquet')).equals(clean)).toBe(true)
  })

  test('nothing is kept in the project', () => {
    expect(() => readFileSync(join(project, 'mlruns/mlflow.sqlite'))).toThrow()
    expect(() => readFileSync(join(project, 'data/remote'))).toThrow(/ENOENT/)
  })

  function command(...args: string[]): Ran {
    return run(project, join(project, '.venv/bin/model'), args, store.env)
  }
})
