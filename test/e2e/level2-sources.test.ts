import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from './level2-port.ts'
import { createPrepared } from './prepared.ts'
import { CODES, CREDIT, python, SAMPLE } from './projects.ts'
import { type Ran, run, scratchFolder } from './run.ts'
import { hasPostgres, startPostgres, startS3 } from './servers.ts'

describe('source=file, by watermark and by pattern', () => {
  let project: string

  beforeAll(() => {
    project = createPrepared(SAMPLE, {}, '--level', '2')
    writeFileSync(join(project, 'data/raw/2013-01.csv'), rowsOf2013(project, 1))
    setSource(project, 'paths: ["data/raw/*.csv*"]', 'watermark: dateday')
  })

  test('every file is taken once', () => {
    expect(collect(project).stdout.match(/^Snapshot /gm)).toHaveLength(2)
    expect(collect(project).stdout).toBe('No new data.\n')
  })

  test('of a file that has grown only the new rows are taken', () => {
    writeFileSync(join(project, 'data/raw/2013-01.csv'), rowsOf2013(project, 2))
    expect(collect(project).stdout).toMatch(/2013-01\.parquet: 1 rows of data\/raw\/2013-01\.csv/)
    expect(collect(project).stdout).toBe('No new data.\n')
  })
})

describe('source=sql on an SQLite database', () => {
  let project: string

  beforeAll(() => {
    project = createPrepared(CREDIT, { source: 'sql' }, '--level', '2')
  })

  test('a database that is missing is said, with what to do', () => {
    const failed = command(project, ['data'])
    expect(failed.code).toBe(CODES.input)
    expect(failed.stderr).toMatch(/no database .*source\.sqlite.*model seed/)
  })

  test('its rows are taken once', () => {
    expect(command(project, ['seed']).code).toBe(0)
    expect(collect(project).stdout).toContain('1,000 of 1,000 rows')
    expect(collect(project).stdout).toBe('No new data.\n')
  })

  test('the project is green with it', () => {
    const made = run(project, 'make', ['all', 'check'])
    expect(made.code, made.output).toBe(0)
  })
})

describe.skipIf(!hasPostgres)('source=sql on a PostgreSQL server', () => {
  let project: string
  let env: NodeJS.ProcessEnv
  let server: (...args: string[]) => Ran

  beforeAll(async () => {
    project = createPrepared(SAMPLE, { source: 'sql' }, '--level', '2')
    setSource(project, 'watermark: dateday')
    const port = await freePort()
    server = startPostgres(scratchFolder('postgres'), port)
    env = { SOURCE_URL: `postgresql+psycopg://postgres@127.0.0.1:${port}/postgres` }
    expect(command(project, ['seed'], env).code).toBe(0)
  })

  afterAll(() => {
    server('stop', '-m', 'fast')
  })

  test('only rows beyond the watermark are taken', () => {
    expect(collect(project, env).stdout).toContain('17,379 of 17,379 rows')
    expect(collect(project, env).stdout).toBe('No new data.\n')
    const script = `
import os, sqlalchemy
with sqlalchemy.create_engine(os.environ["SOURCE_URL"]).begin() as database:
    columns = [c["name"] for c in sqlalchemy.inspect(database).get_columns("rows")]
    changed = {"instant": "instant || 'x'", "dateday": "dateday + interval '400 days'"}
    values = ", ".join(changed.get(name, '"' + name + '"') for name in columns)
    database.execute(sqlalchemy.text(f"INSERT INTO rows SELECT {values} FROM rows WHERE instant = '17379'"))`
    const added = run(project, join(project, '.venv/bin/python'), ['-c', script], env)
    expect(added.code, added.output).toBe(0)
    expect(collect(project, env).stdout).toMatch(/: 1 rows of [\s\S]*17,380 of 17,380 rows/)
  })

  test('a server that is gone fails, and leaves the data as it was', () => {
    const clean = join(project, 'data/clean/rows.parquet')
    const before = readFileSync(clean)
    server('stop', '-m', 'fast')
    const failed = command(project, ['data'], env)
    expect(failed.code).toBe(CODES.input)
    expect(failed.stderr).toMatch(/postgresql.*cannot be read.*Nothing was changed/)
    expect(readFileSync(clean).equals(before)).toBe(true)
  })
})

describe('source=s3 on an S3 server', () => {
  let project: string
  let env: NodeJS.ProcessEnv
  let stop: () => void

  beforeAll(async () => {
    project = createPrepared(CREDIT, { source: 's3' }, '--level', '2')
    const port = await freePort()
    stop = startS3(port)
    env = {
      SOURCE_ENDPOINT: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_DEFAULT_REGION: 'us-east-1',
    }
    await vi.waitFor(() => expect(command(project, ['seed'], env).code).toBe(0), {
      timeout: 60_000,
      interval: 1000,
    })
  })

  afterAll(() => stop())

  test('its objects are taken once', () => {
    expect(collect(project, env).stdout).toContain('1,000 of 1,000 rows')
    expect(collect(project, env).stdout).toBe('No new data.\n')
  })

  test('a server that is gone fails, and leaves the data as it was', () => {
    const clean = join(project, 'data/clean/rows.parquet')
    const before = readFileSync(clean)
    stop()
    const failed = command(project, ['data'], env)
    expect(failed.code, failed.output).toBe(CODES.input)
    expect(failed.stderr).toContain('Nothing was changed')
    expect(readFileSync(clean).equals(before)).toBe(true)
  })
})

function command(project: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ran {
  return run(project, join(project, '.venv/bin/model'), args, env)
}

function collect(project: string, env: NodeJS.ProcessEnv = {}): Ran {
  const collected = command(project, ['data'], env)
  expect(collected.code, collected.output).toBe(0)
  return collected
}

/** Changes settings of the section `source`. */
function setSource(project: string, ...settings: string[]): void {
  const file = join(project, 'mlops.yaml')
  const changed = settings.reduce(
    (text, setting) => {
      const name = setting.split(':')[0]
      return text.replace(new RegExp(`^  ${name}: .*$`, 'm'), `  ${setting}`)
    },
    readFileSync(file, 'utf8'),
  )
  writeFileSync(file, changed)
}

/** A file with one hour of each of the first days of 2013. */
function rowsOf2013(project: string, days: number): string {
  const script = `
import pandas as pd
rows = pd.read_csv("data/raw/bike-sharing.csv.gz", dtype=str).tail(${days})
rows["dateday"] = [f"{day:02}-01-2013" for day in range(1, ${days} + 1)]
rows["instant"] = [str(20_000 + day) for day in range(${days})]
print(rows.to_csv(index=False), end="")`
  return python(project, script).stdout
}
