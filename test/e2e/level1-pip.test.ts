import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { edit } from './edit.ts'
import { describeLevel1 } from './level1-suite.ts'
import { CREDIT, createProject, SAMPLE } from './projects.ts'
import { make } from './run.ts'
import { LEVEL1_STACKS } from './stacks.ts'

// Without the matrix, each framework has one of the data sets; those with uv have both.
for (const stack of LEVEL1_STACKS)
  if (stack.environment === 'pip')
    describeLevel1(
      stack,
      process.env.MATRIX ? undefined : [stack.framework === 'scikit-learn' ? SAMPLE : CREDIT],
    )

test('environment=pip: a version that pyproject.toml asks for takes the place of the one in the lock', () => {
  const project = createProject(CREDIT, { environment: 'pip' }, '--no-install')
  const install = (version: string) => {
    const list = `[\n    "humanize${version}",\n]`
    edit(project, 'pyproject.toml', /^dependencies = \[[\s\S]*?^\]/m, `dependencies = ${list}`)
    const installed = make(project, 'setup')
    expect(installed.code, installed.output).toBe(0)
    return readFileSync(join(project, 'requirements.lock'), 'utf8')
  }
  edit(project, 'pyproject.toml', /^dev = \[[\s\S]*?^\]/m, 'dev = []')
  expect(install('<4.10')).toMatch(/^humanize==4\.9\./m)
  expect(install('>=4.10')).toMatch(/^humanize==4\.[1-9]\d/m)
})
