import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { CREDIT, createProject } from './projects.ts'
import { make, run } from './run.ts'
import { LEVEL1_STACKS } from './stacks.ts'
import { tool } from './tools.ts'

describe('the rendered project', () => {
  let project: string

  beforeAll(() => {
    project = createProject(CREDIT, LEVEL1_STACKS[0])
  })

  test('is clean under ruff and yamllint', () => {
    for (const ran of [
      tool(project, 'ruff', 'check', '.'),
      tool(project, 'ruff', 'format', '--check', '.'),
      tool(
        project,
        'yamllint',
        '-d',
        '{extends: default, rules: {line-length: disable, document-start: disable, braces: {max-spaces-inside: 1}, brackets: {max-spaces-inside: 1}, comments: {min-spaces-from-content: 1}}}',
        'mlops.yaml',
        'contract.yaml',
        'roi.yaml',
      ),
    ])
      expect(ran.code, ran.output).toBe(0)
  })

  test('has nothing that belongs to a higher level', () => {
    const paths = readdirSync(project, { encoding: 'utf8' })
    for (const absent of [
      '.github',
      '.gitlab-ci.yml',
      'dvc.yaml',
      '.pre-commit-config.yaml',
      'tests',
      'Dockerfile',
    ])
      expect(paths).not.toContain(absent)
  })

  test('its notebook calls the same functions, and runs', () => {
    const installed = run(project, 'python3', ['scripts/setup.py', '--notebook'])
    expect(installed.code, installed.output).toBe(0)
    const executed = run(project, join(project, '.venv/bin/jupyter'), ['execute', 'notebooks/explore.ipynb'])
    expect(executed.code, executed.output).toBe(0)
  })

  test('make help lists every way in', () => {
    const { stdout } = make(project, 'help')
    for (const target of ['setup', 'train', 'predict', 'monitor', 'diagnose', 'roi', 'release', 'doctor'])
      expect(stdout).toMatch(new RegExp(`^\\s+${target}\\s+\\S`, 'm'))
  })
})

test('the uv project makes its own uv where there is none', () => {
  const project = createProject(CREDIT, LEVEL1_STACKS[0], '--no-install')
  const path = ['/usr/bin', '/bin'].join(':')
  const setup = run(project, 'make', ['setup', `PYTHON=${pythonPath()}`], { PATH: path })
  expect(setup.code, setup.output).toBe(0)
  expect(existsSync(join(project, '.uv'))).toBe(true)
})

function pythonPath(): string {
  return run('.', 'python3', ['-c', 'import sys; print(sys.executable)']).stdout.trim()
}
