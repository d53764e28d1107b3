import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { createProject, type DataSet } from './projects.ts'
import { make, run } from './run.ts'

/** Makes a project named `model` as createProject does, and prepares it. */
export function createPrepared(
  data: DataSet,
  stack: Readonly<Record<string, string>>,
  ...flags: string[]
): string {
  const project = createProject(data, stack, ...flags, '--no-install')
  prepare(project)
  return project
}

/**
 * Does `make setup`. Where an earlier project has an environment that fits, it is copied first, with the bytecode that
 * Python has written since: compiling it takes longer than everything else.
 */
export function prepare(project: string): void {
  const known = join(inject('scratch'), 'prepared')
  mkdirSync(known, { recursive: true })
  const requirements = readFileSync(join(project, 'pyproject.toml'), 'utf8')
  // What else is installed is removed by uv, and not by pip.
  const kind = requirements.includes('uv_build')
    ? 'uv'
    : createHash('sha256').update(requirements).digest('hex')
  const note = join(known, kind)
  if (existsSync(note)) copyEnvironment(readFileSync(note, 'utf8'), project)
  const made = make(project, 'setup')
  if (made.code !== 0) throw new Error(made.output)
  if (!existsSync(note)) writeFileSync(note, project)
}

/** Copies as links, except what holds the environment's path. */
function copyEnvironment(from: string, to: string): void {
  const copied = run('.', 'cp', ['-al', join(from, '.venv'), join(to, '.venv')])
  // Where the other project is in use right now, bytecode that is being written comes and goes.
  const failed = copied.stderr.split('\n').filter((line) => line !== '' && !line.includes('__pycache__'))
  if (failed.length > 0) throw new Error(copied.output)
  const scripts = readdirSync(join(to, '.venv/bin'), { withFileTypes: true }).filter((each) => each.isFile())
  for (const { name } of scripts) moveScript(join(to, '.venv/bin', name), from, to)
  for (const lock of ['uv.lock', 'requirements.lock'])
    if (existsSync(join(from, lock)) && !existsSync(join(to, lock)))
      copyFileSync(join(from, lock), join(to, lock))
}

/** Lets a script name another environment, by way of a shell, because `#!` allows no space in a path. */
function moveScript(path: string, from: string, to: string): void {
  const content = readFileSync(path)
  if (content.includes(0) || !content.includes(from)) return
  const { mode } = statSync(path)
  const [first = '', ...rest] = content.toString('utf8').split('\n')
  const start = first.startsWith(`#!${from}`)
    ? `#!/bin/sh\n'''exec' '${first.slice(2)}' "$0" "$@"\n' '''`
    : first
  // Not through the link.
  unlinkSync(path)
  writeFileSync(path, [start, ...rest].join('\n').replaceAll(from, to), { mode })
}
