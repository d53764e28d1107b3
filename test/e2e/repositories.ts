import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { commitAll } from './edit.ts'
import { prepare } from './prepared.ts'
import { createMlops, run, scratchFolder } from './run.ts'

const REPOSITORIES = 'test/fixtures/repositories'

/** A copy of a repository whose code has a model of its own, with a git history. */
export function repository(name: string): string {
  const root = join(scratchFolder('own-code'), 'repository')
  cpSync(join(REPOSITORIES, name), root, { recursive: true })
  run(root, 'git', ['init', '--quiet'])
  commitAll(root)
  return root
}

/** Adds a project beside the code of a repository, and installs it. Returns its folder. */
export function added(root: string, data: string, ...flags: string[]): string {
  const project = created(root, data, ...flags)
  prepare(project)
  return project
}

/** The same, without what it needs to run. */
export function created(root: string, data: string, ...flags: string[]): string {
  const given = ['--data', data, '--target', 'churned', '--id', 'customer_id', '--name', 'model']
  const made = createMlops(root, '.', ...given, ...flags, '--yes', '--no-install', '--no-git')
  expect(made.code, made.output).toBe(0)
  expect(made.stdout).toContain('Your code is called, not replaced')
  return join(root, 'mlops')
}
