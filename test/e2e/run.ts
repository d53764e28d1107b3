import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { inject } from 'vitest'
import { UV_FOLDER } from './install-tools.ts'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Both, for messages of a failed expectation. */
  readonly output: string
}

/** Runs a program in a folder, in a clean environment and with a home of its own. */
export function run(cwd: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ran {
  const result = spawnSync(program, [...args], {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    encoding: 'utf8',
    maxBuffer: 64_000_000,
    input: '',
  })
  if (result.error) throw result.error
  return ranOf(program, args, result)
}

/** The same, without waiting for its end. */
export async function runMeanwhile(
  cwd: string,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const child = spawn(program, args, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done, fail) => child.on('close', done).on('error', fail)),
  ])
  return ranOf(program, args, { status: code, stdout, stderr })
}

/** Runs a target of a generated project. */
export function make(project: string, ...args: string[]): Ran {
  return run(project, 'make', args)
}

function ranOf(
  program: string,
  args: readonly string[],
  { status, stdout, stderr }: { status: number | null; stdout: string; stderr: string },
): Ran {
  const output = `${program} ${args.join(' ')} -> ${status}\n${stdout}${stderr}`
  return { code: status, stdout, stderr, output }
}

/** Runs the installed create-mlops. */
export function createMlops(cwd: string, ...args: string[]): Ran {
  return run(cwd, inject('bin'), args)
}

export function scratchFolder(name: string): string {
  return mkdtempSync(join(inject('scratch'), `${name}-`))
}

/**
 * The environment without what belongs to npm, to a Python environment or to CI, and with uv; package caches are
 * shared.
 */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const home = join(inject('scratch'), 'home')
  mkdirSync(home, { recursive: true })
  const foreign = /^(npm_|NODE_|VITEST|PYTHON|VIRTUAL_ENV|CI$|FORCE_COLOR|MAKE)/
  const caches = join(process.env.HOME ?? home, '.cache')
  return {
    UV_CACHE_DIR: join(caches, 'uv'),
    PIP_CACHE_DIR: join(caches, 'pip'),
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
    HOME: home,
    PATH: `${UV_FOLDER}${delimiter}${process.env.PATH}`,
    UV_PYTHON_DOWNLOADS: 'never',
    // What mypy knows of packages is the same in all projects; it looks whether a file is. One for each worker.
    MYPY_CACHE_DIR: join(inject('scratch'), `mypy-${process.env.VITEST_POOL_ID}`),
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.org',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.org',
    NO_COLOR: '1',
  }
}
