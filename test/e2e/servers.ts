import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, vi } from 'vitest'
import { freePort } from './level2-port.ts'
import { type Ran, run, scratchFolder } from './run.ts'
import { tool } from './tools.ts'

const POSTGRES = '/usr/lib/postgresql'
const initdb = existsSync(POSTGRES)
  ? join(POSTGRES, readdirSync(POSTGRES).at(-1) as string, 'bin/initdb')
  : ''

export const hasPostgres = initdb !== ''

/** Starts a server by hand, as an account that PostgreSQL accepts, and returns how to control it. */
export function startPostgres(folder: string, port: number): (...args: string[]) => Ran {
  const asServer = (program: string, ...args: string[]) =>
    process.getuid?.() === 0
      ? run('/', 'setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', program, ...args])
      : run('/', program, args)
  const data = join(folder, 'data')
  for (let parent = folder; parent !== '/tmp' && parent !== '/'; parent = resolve(parent, '..'))
    chmodSync(parent, 0o755)
  // The account of the server makes its own folder in it.
  chmodSync(folder, 0o777)
  const made = asServer(initdb, '-D', data, '-A', 'trust', '-U', 'postgres')
  expect(made.code, made.output).toBe(0)
  const control = (...args: string[]) => asServer(resolve(initdb, '../pg_ctl'), '-D', data, '-w', ...args)
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`
  const started = control('start', '-o', options, '-l', join(folder, 'log'))
  expect(started.code, started.output).toBe(0)
  return control
}

/** Starts SeaweedFS, which is installed by the environment of Python tools. */
export function startS3(port: number): () => void {
  expect(tool('.', 'weed', 'version').code).toBe(0)
  const folder = scratchFolder('s3')
  mkdirSync(join(folder, 'data'))
  const server = spawn(
    resolve('.cache/e2e-tools/bin/weed'),
    ['mini', `-dir=${join(folder, 'data')}`, '-ip=127.0.0.1', `-s3.port=${port}`],
    { cwd: folder, stdio: 'ignore' },
  )
  return () => server.kill('SIGKILL')
}

/** The servers of store=services: the variables that name them, the process of PostgreSQL, and how to stop both. */
export interface Store {
  readonly env: NodeJS.ProcessEnv
  readonly postgres: number
  readonly stop: () => void
}

export async function startStore(project: string): Promise<Store> {
  const [database, bucket] = [await freePort(), await freePort()]
  const folder = scratchFolder('runs')
  const server = startPostgres(folder, database)
  const stopBucket = startS3(bucket)
  const env = {
    MLFLOW_DATABASE_URL: `postgresql+psycopg://postgres@127.0.0.1:${database}/postgres`,
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${bucket}`,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_DEFAULT_REGION: 'us-east-1',
  }
  const makeBucket = 'import boto3; boto3.client("s3").create_bucket(Bucket="ml-store")'
  const made = () => run(project, '.venv/bin/python', ['-c', makeBucket], env)
  await vi.waitFor(() => expect(made().code).toBe(0), { timeout: 60_000, interval: 1000 })
  const [postgres] = readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')
  const stop = () => {
    stopBucket()
    server('stop', '-m', 'fast')
  }
  return { env, postgres: Number(postgres), stop }
}
