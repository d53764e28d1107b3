import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'vitest'
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
