import { execFileSync, spawnSync } from 'node:child_process'
import fs, { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { applyPlan } from '../../src/apply/apply.ts'
import { readDisk } from '../../src/plan/disk.ts'
import { formatMerge } from '../../src/plan/formats/index.ts'
import { planMove } from '../../src/plan/plan.ts'
import { renderProject } from '../../src/render/project.ts'
import { catalog, desired } from './real-projects.ts'

const WORKFLOWS = [
  '.github/workflows/mlops-ci.yml',
  '.github/workflows/mlops-release.yml',
  '.github/workflows/mlops-deploy.yml',
]
const DEPLOY = WORKFLOWS[2] as string
/** Jobs that deploy ask GitHub who has approved. */
const RIGHTS: Record<string, unknown> = {
  release: { contents: 'write' },
  deploy: { actions: 'read', contents: 'read' },
  'deploy-test': { actions: 'read', contents: 'read' },
  'deploy-pre-production': { actions: 'read', contents: 'read' },
}

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hosted-ci-'))
})

afterEach(() => rmSync(root, { recursive: true }))

describe('workflows of GitHub', () => {
  const workflows = WORKFLOWS.map((path) => [path, textOf('github', path)] as const)

  test.each(workflows)('%s names actions by commit, and no branch', (_path, text) => {
    const used = [...text.matchAll(/uses: (.+)/g)].map(([, action]) => action as string)
    expect(used.length).toBeGreaterThan(1)
    const others = used.filter((action) => !action.startsWith(`./${DEPLOY} `))
    for (const action of others) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40} # v\d/)
    expect(text).not.toMatch(/\b(main|master|trunk)\b/)
  })

  test.each(workflows)('%s has no rights but those that a job asks for, and ends in time', (_path, text) => {
    const workflow = parse(text)
    expect(workflow.permissions).toEqual({})
    for (const [name, job] of Object.entries<Record<string, unknown>>(workflow.jobs)) {
      expect(job.permissions).toEqual(RIGHTS[name] ?? { contents: 'read' })
      if (job.uses === undefined) expect(job['timeout-minutes']).toBeLessThanOrEqual(60)
    }
  })

  test.each(workflows)('%s leaves the work to make', (_path, text) => {
    const jobs = Object.values<{ steps?: { run?: string }[] }>(parse(text).jobs)
    const commands = jobs.flatMap(({ steps = [] }) =>
      steps.flatMap(({ run }) => run?.trim().split('\n') ?? []),
    )
    expect(commands.length).toBeGreaterThan(1)
    for (const command of commands)
      expect(command).toMatch(/^(RUNNER_TRACKING_ID="" )?(make|cat|gh release create) |^(WHO=|export WHO=)/)
  })

  test('what deploys is never started by a pull request, and only where somebody has set a machine', () => {
    const deploy = parse(textOf('github', DEPLOY))
    expect(Object.keys(deploy.on)).toEqual(['workflow_call', 'workflow_dispatch'])
    expect(deploy.jobs.deploy.if).toContain("vars.MLOPS_RUNNER != ''")
    const { jobs } = parse(textOf('github', WORKFLOWS[0] as string))
    expect(jobs['deploy-test'].if).toBe("github.event_name == 'push' && vars.MLOPS_RUNNER != ''")
    expect([jobs['deploy-test'].needs, jobs['deploy-pre-production'].needs]).toEqual(['check', 'deploy-test'])
    for (const job of ['deploy-test', 'deploy-pre-production']) expect(jobs[job].uses).toBe(`./${DEPLOY}`)
  })
})

test('every job of GitLab leaves the work to make, and production waits for a person', () => {
  const jobs = parse(textOf('gitlab', '.gitlab/mlops.yml'))
  const scripts = Object.values<{ script?: string | string[] }>(jobs).flatMap(({ script }) => script ?? [])
  expect(scripts.length).toBeGreaterThan(9)
  for (const script of scripts)
    expect(script).toMatch(/^(WHO="\$GITLAB_USER_NAME" )?make (ci-|deploy|review|approve)/)
  for (const [name, job] of Object.entries<{ rules: { if: string; when?: string }[] }>(jobs))
    if (name.startsWith('deploy-') && job.rules) expect(job.rules.map(({ when }) => when)).toEqual(['manual'])
  expect(jobs['deploy-production'].rules[0].if).toBe(jobs['.mlops-deploy'].rules[0].if)
  expect(jobs['.mlops-deploy'].rules[0].if).toContain('$MLOPS_RUNNER && ')
})

describe('a repository that has CI already', () => {
  test('its own workflow stays as it is, beside ours', () => {
    put('.github/workflows/ci.yml', 'name: ci\n')
    const plan = planOf('github')
    expect(plan.conflicts).toEqual([])
  })

  test('a workflow of the same name is a conflict, never overwritten', () => {
    put(WORKFLOWS[0] as string, 'name: mine\n')
    expect(planOf('github').conflicts.map(({ path }) => path)).toEqual([WORKFLOWS[0]])
  })

  test('a pipeline of GitLab keeps its jobs, and includes ours', () => {
    put('.gitlab-ci.yml', 'build:\n  script: ./build.sh\n')
    const plan = planOf('gitlab')
    expect(plan.conflicts).toEqual([])
    applyPlan(root, plan)
    const merged = parse(readFileSync(join(root, '.gitlab-ci.yml'), 'utf8'))
    expect(merged.build).toEqual({ script: './build.sh' })
    expect(merged.include).toEqual([{ local: '.gitlab/mlops.yml' }])
  })
})

describe('a project in a subfolder of a repository', () => {
  test('GitHub: the workflow is brought to the root, for that folder, and never over another one', () => {
    const project = inRepository('github')
    const installed = install(project)
    expect(installed.status, installed.stderr).toBe(0)
    const path = join(root, '.github/workflows/models-price-mlops-ci.yml')
    const workflow = parse(readFileSync(path, 'utf8'))
    expect(workflow.name).toBe('ci of models/price')
    expect(workflow.on.push.paths).toEqual(['models/price/**'])
    expect(workflow.defaults.run['working-directory']).toBe('models/price')
    const uploads = workflow.jobs.check.steps.filter(({ uses }: { uses?: string }) =>
      /upload/.test(uses ?? ''),
    )
    expect(uploads[0].with.path).toBe('models/price/reports/ci')
    const called = './.github/workflows/models-price-mlops-deploy.yml'
    expect(workflow.jobs['deploy-test'].uses).toBe(called)
    const deploy = parse(readFileSync(join(root, called), 'utf8'))
    expect(deploy.concurrency.group).toMatch(/^models-price-deploy-/)
    expect(deploy.jobs.deploy.steps.at(-1).with.path).toBe(
      'models/price/docs/approvals\nmodels/price/docs/reviews\n',
    )
    expect(install(project).status).toBe(0)
    writeFileSync(path, 'name: mine\n')
    const refused = install(project)
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('is not ours')
    expect(readFileSync(path, 'utf8')).toBe('name: mine\n')
  })

  test('GitLab: the pipeline is brought to the root and included', () => {
    const project = inRepository('gitlab')
    const installed = install(project)
    expect(installed.status, installed.stderr).toBe(0)
    const pipeline = parse(readFileSync(join(root, '.gitlab/models-price-mlops.yml'), 'utf8'))
    const template = pipeline['.models-price-mlops']
    expect(template.variables.FOLDER).toBe('models/price')
    expect(template.artifacts.paths).toEqual(['models/price/reports/ci'])
    expect(pipeline['models-price-ci-report'].needs).toContain('models-price-ci-code')
    const deploy = pipeline['models-price-deploy-pre-production']
    expect(deploy.extends).toBe('.models-price-mlops-deploy')
    expect(deploy.needs).toEqual(['models-price-deploy-test'])
    expect(deploy.artifacts.paths).toEqual(['models/price/docs/reviews'])
    expect(pipeline['models-price-deploy-production'].rules[0].changes).toEqual(['models/price/**/*'])
    expect(pipeline['models-price-ci-code'].script).toBe('make ci-code')
    expect(parse(readFileSync(join(root, '.gitlab-ci.yml'), 'utf8')).include).toEqual([
      { local: '.gitlab/models-price-mlops.yml' },
    ])
  })

  test('at the root there is nothing to do', () => {
    write('github', root)
    execFileSync('git', ['init', '--quiet'], { cwd: root })
    expect(install(root).stdout).toContain('as it is')
    expect(existsSync(join(root, '.github/workflows/mlops-ci.yml'))).toBe(true)
  })
})

function textOf(ci: string, path: string): string {
  const file = renderProject(catalog, desired(4, { ci })).get(path)
  return Buffer.from(file?.content ?? []).toString('utf8')
}

function planOf(ci: string) {
  const theirs = renderProject(catalog, desired(4, { ci }))
  return planMove({ version: '0.0.0-test', base: null, theirs, disk: readDisk(fs, root), formatMerge })
}

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function inRepository(ci: string): string {
  execFileSync('git', ['init', '--quiet'], { cwd: root })
  const project = join(root, 'models/price')
  write(ci, project)
  return project
}

function write(ci: string, folder: string): void {
  for (const [path, { content }] of renderProject(catalog, desired(4, { ci }))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

function install(project: string) {
  return spawnSync('python3', ['scripts/ci_install.py'], { cwd: project, encoding: 'utf8' })
}
