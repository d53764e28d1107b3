import { RUNS_TESTS, runsOf } from './automation.ts'
import type { Repository } from './repository/repository.ts'
import type { Source } from './repository/sources.ts'
import { trainingOf } from './roles.ts'
import { casesOf } from './tests.ts'

/** Something of the repository that can be run to see whether it works. */
export interface Trial {
  readonly name: 'tests' | 'training'
  /** `python` stands for the interpreter that the repository uses. */
  readonly command: readonly [program: string, ...args: string[]]
  /** The criteria that it proves, or disproves. */
  readonly criteria: readonly string[]
}

/** How a trial ended. */
export interface Outcome {
  readonly trial: Trial
  /** Null when it could not be tried at all. */
  readonly worked: boolean | null
  readonly seconds: number
  /** The last line that it printed, or why it could not be tried. */
  readonly said: string
}

/** What of a repository can be tried: its tests, and its training. */
export function trialsOf(repository: Repository, folder: string): Trial[] {
  const training = trainingCommand(repository)
  return [
    ...(casesOf(repository).length === 0
      ? []
      : [
          {
            name: 'tests' as const,
            command: testCommand(repository, folder),
            criteria: ['A1', 'A2', 'A3', 'R4'],
          },
        ]),
    ...(training === undefined
      ? []
      : [{ name: 'training' as const, command: training, criteria: ['T1', 'T3'] }]),
  ]
}

/** The target `test` of the Makefile, which may prepare what the tests need, or else pytest itself. */
function testCommand(repository: Repository, folder: string): Trial['command'] {
  const target = runsOf(repository).find(
    ({ kind, name, path }) => kind === 'make' && name === 'test' && path === 'Makefile',
  )
  if (target !== undefined && RUNS_TESTS.test(target.commands)) return ['make', 'test']
  return ['python', '-m', 'pytest', '-q', ...(folder === '' ? [] : [folder])]
}

/** The target `train` of the Makefile, the stages of dvc.yaml, or the module that trains when it is run. */
function trainingCommand(repository: Repository): Trial['command'] | undefined {
  if (repository.targets.some(({ name, path }) => name === 'train' && path === 'Makefile'))
    return ['make', 'train']
  const stages = runsOf(repository).filter(({ kind, path }) => kind === 'dvc' && path === 'dvc.yaml')
  // DVC itself would want a git repository, and its remote.
  if (stages.length > 0) return ['sh', '-c', stages.map(({ commands }) => commands).join(' && ')]
  const module = trainingModule(repository)
  // What it wants as an argument is not known.
  if (module === undefined || module.names.has('argv')) return undefined
  return isInPackage(repository, module)
    ? [
        'python',
        '-m',
        module.path
          .replace(/^src\//, '')
          .replace(/\.py$/, '')
          .replaceAll('/', '.'),
      ]
    : ['python', module.path]
}

/** Of the modules that train when they are run, one that is called so. */
function trainingModule(repository: Repository): Source | undefined {
  const runnable = [...repository.modules.reaching(trainingOf(repository))].filter(
    ({ isNotebook, isTest, main, calls }) =>
      !isNotebook &&
      !isTest &&
      (main !== undefined || calls.some(({ within, name }) => within === '' && /fit$/.test(name))),
  )
  return runnable.find(({ path }) => /train[^/]*\.py$/i.test(path)) ?? runnable[0]
}

function isInPackage(repository: Repository, { path }: Source): boolean {
  return repository.text(path.replace(/[^/]+$/, '__init__.py')) !== undefined
}
