import { type Evidence, inFile } from './evidence.ts'
import type { Workflow } from './repository/ci.ts'
import { mutedByShell } from './repository/ci.ts'
import type { Repository } from './repository/repository.ts'
import { tomlOf } from './repository/requirements.ts'

/** One way in which something of the repository is run, with everything that it leads to. */
export interface Run {
  readonly kind: 'ci' | 'hook' | 'make' | 'dvc' | 'mlproject' | 'script' | 'cron'
  readonly name: string
  readonly path: string
  readonly line: number
  /** The commands, those of the Makefile targets, scripts and stages that they call too. */
  readonly commands: string
  /** Why a failure would go unseen; undefined where it counts. */
  readonly muted: string | undefined
  readonly workflow?: Workflow
}

const cache = new WeakMap<Repository, Run[]>()

/** Everything that the repository runs by a name: CI, hooks, Makefile, pipelines, scripts. */
export function runsOf(repository: Repository): Run[] {
  const known = cache.get(repository)
  if (known !== undefined) return known
  const runs = [
    ...ciRuns(repository),
    ...hookRuns(repository),
    ...makeRuns(repository),
    ...pipelineRuns(repository),
    ...scriptRuns(repository),
  ]
  cache.set(repository, runs)
  return runs
}

/** What CI runs on each change, and fails by. */
export function checkedOnChange(repository: Repository, command: RegExp): Evidence[] {
  return runsOf(repository)
    .filter(
      ({ kind, muted, workflow }) => kind === 'ci' && muted === undefined && workflow?.isOnChange === true,
    )
    .filter(({ commands }) => command.test(withoutInstalls(commands)))
    .map(asEvidence)
}

/** What runs at set times. */
export function scheduled(repository: Repository, command: RegExp): Evidence[] {
  return runsOf(repository)
    .filter(({ kind, workflow }) => kind === 'cron' || workflow?.isScheduled === true)
    .filter(({ commands }) => command.test(withoutInstalls(commands)))
    .map(asEvidence)
}

export function asEvidence({ path, line, name, kind }: Run): Evidence {
  return inFile(path, `${kind === 'ci' ? 'CI' : kind}: ${name}`, line)
}

/** Commands that train a model; a commit message that says so does not. */
export const STARTS_TRAINING =
  /\b(re)?train\w*\.py\b|-m\s+\S*train\w*|\bdvc (repro|exp run)\b|\bmlflow run\b|\b(make|poetry run|uv run|invoke)\s+\S*train\S*|(^|&&|;)\s*(?!git|echo)\S+\s+(re)?train\b/m

export const RUNS_TESTS =
  /\b(pytest|py\.test|unittest|nosetests|nose2|tox|nox|manage\.py test|coverage run)\b/

/** Installing pytest is not running it. */
export function withoutInstalls(commands: string): string {
  return commands.replace(
    /^.*\b(pip3?|uv|poetry|conda|mamba|pdm|pipenv|apt-get)\s+(install|add|sync)\b.*$/gm,
    '',
  )
}

function ciRuns(repository: Repository): Run[] {
  return repository.workflows.flatMap((workflow) =>
    workflow.steps.map(({ path, line, job, command, muted }) => {
      const commands = expand(repository, command)
      return {
        kind: 'ci' as const,
        name: `${job}: ${oneLine(command)}`,
        path,
        line,
        commands,
        muted: muted ?? mutedByShell(commands),
        workflow,
      }
    }),
  )
}

function hookRuns(repository: Repository): Run[] {
  return repository.find(/(^|\/)\.pre-commit-config\.ya?ml$/).flatMap(({ path }) => {
    const { leaves } = repository.yaml(path)
    return leaves
      .filter(({ keys }) => keys.at(-1) === 'entry' || keys.at(-1) === 'id')
      .map(({ value, line }) => ({
        kind: 'hook' as const,
        name: oneLine(value),
        path,
        line,
        commands: expand(repository, value),
        muted: mutedByShell(value),
      }))
  })
}

function makeRuns(repository: Repository): Run[] {
  return repository.targets.map(({ name, path, line }) => ({
    kind: 'make' as const,
    name,
    path,
    line,
    commands: expand(repository, `make ${name}`),
    muted: undefined,
  }))
}

/** Stages of DVC and entry points of MLflow projects. */
function pipelineRuns(repository: Repository): Run[] {
  const stages = repository.find(/(^|\/)dvc\.yaml$/).flatMap(({ path }) => {
    const yaml = repository.yaml(path)
    return Object.entries(record(yaml.data.stages)).map(([name, stage]) => ({
      kind: 'dvc' as const,
      name,
      path,
      line: yaml.lineOf('stages', name),
      commands: [record(stage).cmd]
        .flat()
        .map((cmd) => expand(repository, String(cmd)))
        .join('\n'),
      muted: undefined,
    }))
  })
  const entries = repository.find(/(^|\/)MLproject$/).flatMap(({ path }) => {
    const yaml = repository.yaml(path)
    return Object.entries(record(yaml.data.entry_points)).map(([name, entry]) => ({
      kind: 'mlproject' as const,
      name,
      path,
      line: yaml.lineOf('entry_points', name),
      commands: String(record(entry).command ?? ''),
      muted: undefined,
    }))
  })
  return [...stages, ...entries]
}

/** Console scripts, shell scripts, cron tables. */
function scriptRuns(repository: Repository): Run[] {
  const console = repository.find(/(^|\/)pyproject\.toml$/).flatMap(({ path }) => {
    const text = repository.text(path) ?? ''
    const data = tomlOf(text)
    const scripts = {
      ...record(record(data.project).scripts),
      ...record(record(record(data.tool).poetry).scripts),
    }
    return Object.entries(scripts).map(([name, target]) => ({
      kind: 'script' as const,
      name,
      path,
      line: text.split('\n').findIndex((line) => line.includes(String(target))) + 1 || 1,
      commands: String(target),
      muted: undefined,
    }))
  })
  const shell = repository.find(/\.(sh|bash|bat|ps1)$/).map(({ path }) => ({
    kind: 'script' as const,
    name: path,
    path,
    line: 1,
    commands: expand(repository, repository.text(path) ?? ''),
    muted: undefined,
  }))
  const cron = repository.find(/(^|\/)crontab(\.txt)?$|\.(cron|crontab|timer)$/).map(({ path }) => ({
    kind: 'cron' as const,
    name: path,
    path,
    line: 1,
    commands: expand(repository, repository.text(path) ?? ''),
    muted: undefined,
  }))
  return [...console, ...shell, ...cron]
}

const DEEPEST = 6

/** A command together with what the Makefile targets, scripts and pipelines hold that it calls. */
function expand(repository: Repository, command: string, depth = 0, seen = new Set<string>()): string {
  if (depth > DEEPEST) return command
  const parts = [command]
  const follow = (key: string, text: string) => {
    if (seen.has(key)) return
    seen.add(key)
    parts.push(expand(repository, text, depth + 1, seen))
  }
  for (const match of command.matchAll(/\$?\(?\bmake\)?((?:\s+-{1,2}\S+)*(?:\s+[\w.-]+)+)/gi))
    for (const word of (match[1] as string).trim().split(/\s+/))
      for (const target of repository.targets.filter(({ name }) => name === word))
        follow(`make ${word}`, [...target.commands, ...target.needs.map((need) => `make ${need}`)].join('\n'))
  for (const match of command.matchAll(/(?:^|[\s;&|]|\.\/)([\w./-]+\.(?:sh|bash))\b/g)) {
    const path = (match[1] as string).replace(/^\.\//, '')
    const text = repository.text(path)
    if (text !== undefined) follow(path, text)
  }
  if (/\bdvc (repro|exp run)\b/.test(command))
    for (const { path } of repository.find(/(^|\/)dvc\.yaml$/)) follow(path, dvcCommands(repository, path))
  if (/(^|[\s;&|])tox\b/.test(command)) follow('tox.ini', repository.text('tox.ini') ?? '')
  if (/(^|[\s;&|])nox\b/.test(command)) follow('noxfile.py', repository.text('noxfile.py') ?? '')
  return parts.join('\n')
}

function dvcCommands(repository: Repository, path: string): string {
  return Object.values(record(repository.yaml(path).data.stages))
    .flatMap((stage) => [record(stage).cmd].flat().map(String))
    .join('\n')
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function oneLine(command: string): string {
  const [first = ''] = command.trim().split('\n')
  return first.length > 60 ? `${first.slice(0, 59)}…` : first
}
