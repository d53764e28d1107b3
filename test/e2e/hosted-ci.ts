import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { commitAll } from './edit.ts'
import { TOOLS } from './install-tools.ts'
import { cleanEnvironment, type Ran, run, scratchFolder } from './run.ts'

const GITLAB = resolve('.cache/gitlab-ci-local')
const GITLAB_VERSION = '4.61.1'

/** Stand in for actions of GitHub that only work there: what they would do on a machine that has Python already. */
const ACTIONS: Record<string, { inputs: string[]; script: string }> = {
  'setup-python': {
    inputs: ['python-version'],
    script: 'echo "UV_PYTHON=$(command -v python3)" >> "$GITHUB_ENV"',
  },
  cache: { inputs: ['path', 'key', 'restore-keys'], script: 'true' },
  'upload-artifact': {
    inputs: ['name', 'path', 'if-no-files-found', 'retention-days'],
    script: 'mkdir -p "$ARTIFACTS/$NAME"; if [ -e "$FILES" ]; then cp -r "$FILES/." "$ARTIFACTS/$NAME"; fi',
  },
  'download-artifact': {
    inputs: ['pattern', 'path', 'merge-multiple'],
    script: 'mkdir -p "$FILES"; for each in "$ARTIFACTS"/$PATTERN; do cp -r "$each/." "$FILES"; done',
  },
}

/**
 * Runs a workflow of GitHub with act, on this machine. The project has to be committed. At GitHub each job of a matrix has
 * a machine of its own; here they come one after the other, since one of them measures how long things take.
 */
export function act(project: string, workflow: string, ...flags: string[]): Ran {
  const text = readFileSync(join(project, workflow), 'utf8')
  const home = scratchFolder('act')
  const own = join(home, 'workflow.yml')
  writeFileSync(own, text.replace('fail-fast: false\n', 'fail-fast: false\n      max-parallel: 1\n'))
  return runAct(project, home, 'push', '-W', own, ...stubsOf(text), ...flags)
}

/**
 * Starts a workflow by hand on a runner of one's own, which keeps its folder from job to job: that of the project.
 * `approver` is who has approved the run, as GitHub tells it.
 */
export function dispatch(
  project: string,
  workflow: string,
  inputs: Readonly<Record<string, string>>,
  approver: string,
): Ran {
  const text = readFileSync(join(project, workflow), 'utf8')
  const home = scratchFolder('act')
  const own = join(home, 'workflow.yml')
  writeFileSync(own, text.replace('working-directory: .\n', `working-directory: ${project}\n`))
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, 'bin/gh'), `#!/bin/sh\necho "${approver}"\n`, { mode: 0o755 })
  const branch = run(project, 'git', ['branch', '--show-current']).stdout.trim()
  const given = Object.entries(inputs).flatMap(([name, value]) => ['--input', `${name}=${value}`])
  const runner = ['--var', 'MLOPS_RUNNER=mlops', '-P', 'mlops=-self-hosted', '--bind']
  const flags = ['-W', own, '--defaultbranch', branch, ...given, ...runner, ...stubsOf(text)]
  return runAct(project, home, 'workflow_dispatch', ...flags)
}

function runAct(project: string, home: string, event: string, ...flags: string[]): Ran {
  mkdirSync(join(home, 'act'))
  writeFileSync(join(home, 'act/actrc'), '')
  const args = [event, '-P', 'ubuntu-latest=-self-hosted', '--env', `ARTIFACTS=${join(home, 'artifacts')}`]
  return run(project, `${TOOLS}/bin/act`, [...args, ...flags], {
    PATH: `${join(home, 'bin')}:${cleanEnvironment().PATH}`,
    XDG_CONFIG_HOME: home,
    XDG_CACHE_HOME: home,
  })
}

function stubsOf(workflow: string): string[] {
  return Object.keys(ACTIONS).flatMap((name) => {
    const reference = workflow.match(new RegExp(`actions/${name}@\\w+`))?.[0]
    return reference === undefined ? [] : ['--local-repository', `${reference}=${stubAction(name)}`]
  })
}

/** Runs jobs of GitLab's pipeline with gitlab-ci-local, on this machine, in a copy of the committed project. */
export function gitlab(project: string, ...jobs: string[]): Ran {
  if (!existsSync(join(GITLAB, GITLAB_VERSION))) {
    mkdirSync(GITLAB, { recursive: true })
    const wanted = `gitlab-ci-local@${GITLAB_VERSION}`
    execFileSync('npm', ['install', '--silent', '--prefix', GITLAB, wanted], { stdio: 'inherit' })
    writeFileSync(join(GITLAB, GITLAB_VERSION), '')
  }
  const program = join(GITLAB, 'node_modules/.bin/gitlab-ci-local')
  // One job at a time, as each has a machine of its own: one of them measures how long things take.
  const flags = ['--force-shell-executor', '--concurrency', '1', '--variable', 'UV_PYTHON=python3']
  return run(project, program, [...flags, ...jobs])
}

/** Whether there is what gitlab-ci-local copies the project with. */
export function hasRsync(): boolean {
  return spawnSync('rsync', ['--version']).error === undefined
}

const input = (name: string) => `\${{ inputs.${name} }}`

function stubAction(name: string): string {
  const folder = scratchFolder(`action-${name}`)
  const { inputs, script } = ACTIONS[name] as (typeof ACTIONS)[string]
  const action = {
    name,
    description: 'stands in',
    inputs: Object.fromEntries(inputs.map((input) => [input, { default: '' }])),
    runs: {
      using: 'composite',
      steps: [
        {
          shell: 'bash',
          run: script,
          env: {
            NAME: input('name'),
            FILES: input('path'),
            PATTERN: input('pattern'),
          },
        },
      ],
    },
  }
  // JSON is YAML, too.
  writeFileSync(join(folder, 'action.yml'), JSON.stringify(action))
  run(folder, 'git', ['init', '--quiet'])
  commitAll(folder)
  return folder
}
