import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from './level2-port.ts'
import { createPrepared } from './prepared.ts'
import { CREDIT } from './projects.ts'
import { type Ran, run, runMeanwhile, scratchFolder } from './run.ts'
import { hasPostgres, startPostgres, startS3 } from './servers.ts'

// It waits for two minutes: `npm run test:matrix` runs it.
describe.runIf(process.env.MATRIX && hasPostgres)('a PostgreSQL that does not answer', () => {
  let project: string
  let env: NodeJS.ProcessEnv
  let postgres: number
  let stop: () => void

  beforeAll(async () => {
    project = createPrepared(CREDIT, { store: 'services' }, '--level', '5')
    const [database, bucket] = [await freePort(), await freePort()]
    const folder = scratchFolder('runs')
    const server = startPostgres(folder, database)
    const stopBucket = startS3(bucket)
    stop = () => {
      process.kill(postgres, 'SIGCONT')
      stopBucket()
      server('stop', '-m', 'fast')
    }
    postgres = Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0])
    env = {
      MLFLOW_DATABASE_URL: `postgresql+psycopg://postgres@127.0.0.1:${database}/postgres`,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${bucket}`,
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_DEFAULT_REGION: 'us-east-1',
    }
    const makeBucket = 'import boto3; boto3.client("s3").create_bucket(Bucket="ml-store")'
    const made = () => run(project, '.venv/bin/python', ['-c', makeBucket], env)
    await vi.waitFor(() => expect(made().code).toBe(0), { timeout: 60_000, interval: 1000 })
    expectOk(run(project, 'make', ['all', 'pipeline'], env))
  })

  afterAll(() => stop())

  test('leaves a record, the lock is free again, and the next turn goes on', async () => {
    process.kill(postgres, 'SIGSTOP')
    const waited = await improve()
    expect(waited.code, waited.output).toBe(1)
    expect(decisions()).toEqual([expect.objectContaining({ decision: 'FAILED' })])
    expect(waited.output).toContain('the registry has not answered within 120 seconds')
    process.kill(postgres, 'SIGCONT')
    expectOk(await improve())
    expect(decisions().map(({ decision }) => decision)).not.toContain(undefined)
    expect(decisions()).toHaveLength(2)
  })

  function improve(): Promise<Ran> {
    return runMeanwhile(project, join(project, '.venv/bin/model'), ['improve'], env)
  }

  function decisions(): { decision: string }[] {
    const lines = readFileSync(join(project, 'monitoring/decisions.jsonl'), 'utf8').trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line))
  }
})

function expectOk(ran: Ran): void {
  expect(ran.code, ran.output).toBe(0)
}
