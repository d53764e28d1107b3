import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commitAll, edit } from './edit.ts'
import { createPrepared, prepare } from './prepared.ts'
import { CREDIT, createProject, SAMPLE } from './projects.ts'
import { createMlops, make, run } from './run.ts'

const OFFLINE =
  'ci-lint ci-code ci-data ci-model ci-pipeline ci-coverage ci-performance ci-security ci-report'
/** A network of its own, in which only this machine is. */
const canUnshare =
  process.env.MATRIX !== undefined && run('/', 'sh', ['-c', 'unshare --net ip link set lo up']).code === 0

/** Takes longer than CI has: `npm run test:matrix` runs it. */
describe.runIf(process.env.MATRIX)('make ci is green', { timeout: 1_800_000 }, () => {
  test.each([
    { environment: 'pip', framework: 'scikit-learn', deploy: 'kubernetes' },
    { environment: 'uv', framework: 'lightgbm', deploy: 'compose' },
  ])('new, binary: environment=$environment framework=$framework deploy=$deploy', (stack) => {
    green(createPrepared(CREDIT, stack, '--level', '4'), 'all', 'ci')
  })

  test.each([SAMPLE, CREDIT])('upgraded from an edited level 1: $name', (data) => {
    const project = createProject(data, {}, '--no-install')
    edit(project, 'src/model/model.py', 'max_leaves=31', 'max_leaves=15')
    edit(project, 'Makefile', '.PHONY: notebook', '.PHONY: ours\nours:\n\t@echo ours\n\n.PHONY: notebook')
    commitAll(project)
    const upgraded = createMlops(project, 'upgrade', '--to', '4', '--yes')
    expect(upgraded.code, upgraded.output).toBe(0)
    prepare(project)
    green(project, 'all', 'ci')
    expect(readFileSync(join(project, 'src/model/model.py'), 'utf8')).toContain('max_leaves=15')
    expect(make(project, 'ours').stdout).toBe('ours\n')
  })

  test.runIf(canUnshare)('without a network, but for the wheel', () => {
    const project = createPrepared(CREDIT, {}, '--level', '4')
    green(project, 'all')
    commitAll(project)
    const script = `ip link set lo up && exec make ${OFFLINE}`
    const ran = run(project, 'unshare', ['--net', 'sh', '-c', script])
    expect(ran.code, ran.output).toBe(0)
    expect(ran.stdout).toContain('NOT AUDITED')
  })
})

function green(project: string, ...targets: string[]): void {
  commitAll(project)
  const made = make(project, ...targets)
  expect(made.code, made.output).toBe(0)
}
