import { readYaml, type YamlFile } from './yaml-lines.ts'

/** One command that a CI system runs. */
interface Step {
  readonly path: string
  readonly line: number
  readonly job: string
  /** The shell command, or the name of an action or plugin. */
  readonly command: string
  /** Why a failure of the command fails nothing: `|| true`, `continue-on-error` …; undefined where it counts. */
  readonly muted: string | undefined
  readonly isAction: boolean
}

/** One file that a CI system reads. */
export interface Workflow {
  readonly path: string
  readonly system: 'github' | 'gitlab' | 'azure' | 'circleci' | 'travis' | 'bitbucket' | 'jenkins'
  /** Whether it runs by itself on a push, a pull request or a merge. */
  readonly isOnChange: boolean
  /** Whether it runs by itself at some time. */
  readonly isScheduled: boolean
  readonly triggerLine: number
  readonly steps: readonly Step[]
  /** Named environments that jobs deploy to, with their lines. */
  readonly environments: readonly { readonly name: string; readonly line: number }[]
}

const SYSTEMS: readonly (readonly [RegExp, Workflow['system']])[] = [
  [/^\.github\/workflows\/[^/]+\.ya?ml$/, 'github'],
  [/^\.gitlab-ci\.ya?ml$/, 'gitlab'],
  [/^\.?azure-pipelines[^/]*\.ya?ml$/, 'azure'],
  [/^\.circleci\/config\.ya?ml$/, 'circleci'],
  [/^\.travis\.ya?ml$/, 'travis'],
  [/^bitbucket-pipelines\.ya?ml$/, 'bitbucket'],
  [/^Jenkinsfile[^/]*$/, 'jenkins'],
]

/** Files of the repository that a pipeline of GitLab includes. */
export function includedBy({ data }: YamlFile): string[] {
  return [data.include].flat().flatMap((each) => {
    const local = typeof each === 'string' ? each : (each as { local?: unknown } | undefined)?.local
    // `https://…` and templates of GitLab are elsewhere.
    return typeof local === 'string' && !local.includes(':') ? [local.replace(/^\//, '')] : []
  })
}

/** Which CI system reads a file, by its path from the root of the repository. */
export function systemOf(path: string): Workflow['system'] | undefined {
  return SYSTEMS.find(([pattern]) => pattern.test(path))?.[1]
}

export function readWorkflow(path: string, system: Workflow['system'], text: string): Workflow {
  if (system === 'jenkins') return readJenkinsfile(path, text)
  const yaml = readYaml(text)
  return {
    path,
    system,
    ...triggersOf(system, yaml),
    steps: yaml.leaves.filter(isCommand).map((leaf) => {
      const last = leaf.keys.filter((key) => typeof key === 'string').at(-1)
      const isAction = last === 'uses' || last === 'task'
      return {
        path,
        line: leaf.line,
        job: String(leaf.keys[system === 'github' || system === 'circleci' ? 1 : 0] ?? ''),
        command: leaf.value,
        muted: mutedBySettings(leaf.keys, yaml) ?? (isAction ? undefined : mutedByShell(leaf.value)),
        isAction,
      }
    }),
    environments: yaml.leaves
      .filter(
        ({ keys }) =>
          keys.at(-1) === 'environment' || (keys.at(-2) === 'environment' && keys.at(-1) === 'name'),
      )
      .map(({ value, line }) => ({ name: value, line })),
  }
}

const COMMAND_KEYS = new Set([
  'run',
  'script',
  'before_script',
  'after_script',
  'command',
  'bash',
  'uses',
  'task',
])

function isCommand({ keys }: { keys: readonly (string | number)[] }): boolean {
  const last = keys.filter((key) => typeof key === 'string').at(-1)
  return COMMAND_KEYS.has(last as string)
}

/** Whether a setting of the step, its job or the file lets failures pass, or never runs it. */
function mutedBySettings(keys: readonly (string | number)[], { data }: YamlFile): string | undefined {
  let value: unknown = data
  for (const key of keys) {
    value = (value as Record<string | number, unknown>)[key]
    if (typeof value !== 'object' || value === null) return undefined
    const settings = value as Record<string, unknown>
    for (const name of ['continue-on-error', 'continueOnError', 'allow_failure'])
      if (settings[name] === true || settings[name] === 'true') return `${name}: true`
    if (/^(\$\{\{\s*)?false(\s*\}\})?$/.test(String(settings.if))) return 'if: false'
    if (settings.when === 'manual' || settings.when === 'never') return `when: ${settings.when}`
  }
  return undefined
}

/** Whether the shell command itself lets failures pass. */
export function mutedByShell(command: string): string | undefined {
  const line = command.split('\n').find((each) => SHRUG.test(each))
  return line === undefined ? undefined : SHRUG.exec(line)?.[0].trim()
}

const SHRUG = /\|\|\s*(true|:|exit 0|echo\b.*)\s*$|;\s*true\s*$|^\s*set \+e\b|--exit-zero\b/

function triggersOf(
  system: Workflow['system'],
  { data, lineOf }: YamlFile,
): Pick<Workflow, 'isOnChange' | 'isScheduled' | 'triggerLine'> {
  if (system === 'github') {
    const events = eventsOf(data.on ?? data.true)
    return {
      isOnChange: ['push', 'pull_request', 'pull_request_target', 'merge_group'].some((event) =>
        events.includes(event),
      ),
      isScheduled: events.includes('schedule'),
      triggerLine: lineOf('on'),
    }
  }
  if (system === 'azure') {
    const isOff = data.trigger === 'none' && (data.pr === undefined || data.pr === 'none')
    return { isOnChange: !isOff, isScheduled: data.schedules !== undefined, triggerLine: lineOf('trigger') }
  }
  const isScheduled = JSON.stringify(data).includes('"schedule')
  return { isOnChange: true, isScheduled, triggerLine: 1 }
}

function eventsOf(on: unknown): string[] {
  if (typeof on === 'string') return [on]
  if (Array.isArray(on)) return on.map(String)
  return typeof on === 'object' && on !== null ? Object.keys(on) : []
}

/** A Jenkinsfile is Groovy; its shell steps are read by their form. */
function readJenkinsfile(path: string, text: string): Workflow {
  const steps: Step[] = []
  for (const match of text.matchAll(/\b(?:sh|bat)\b[ (]*('''|"""|'|")([\s\S]*?)\1/g)) {
    const command = match[2] as string
    steps.push({
      path,
      line: text.slice(0, match.index).split('\n').length,
      job: 'pipeline',
      command,
      muted: mutedByShell(command),
      isAction: false,
    })
  }
  return {
    path,
    system: 'jenkins',
    isOnChange: true,
    isScheduled: /\bcron\s*\(/.test(text),
    triggerLine: 1,
    steps,
    environments: [],
  }
}
