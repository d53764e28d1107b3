import type { Evidence } from '../assess/evidence.ts'
import type { Repository } from '../assess/repository/repository.ts'
import { usageError } from '../errors.ts'
import { suggestion } from '../nearest.ts'
import { NO_OWN_CODE, type OwnCode } from '../project/own.ts'
import { type Fact, type Facts, MANAGER_NAMES, type Manager } from './facts.ts'

/** What a person says of a repository, in place of what was found: `--fact NAME=VALUE`, several values with commas. */
export type Corrections = ReadonlyMap<FactName, string>

type FactName = (typeof NAMES)[number]

const NAMES = [
  'environment',
  'package',
  'training',
  'prediction',
  'features',
  'framework',
  'model',
  'data',
  'reads',
  'fill_up',
  'code',
  'requirements',
  'python',
  'predictions',
  'tests',
  'tools',
] as const

const NONE = 'none'

/**
 * Reads `NAME=VALUE` arguments.
 *
 * @throws KnownError (usage) that names the fact
 */
export function parseCorrections(pairs: readonly string[]): Corrections {
  const corrections = new Map<FactName, string>()
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1).trim()]
    if (at < 1 || value === '')
      throw usageError(`--fact is "${pair}", expected NAME=VALUE`, `For example: --fact training=train.py`)
    const known = NAMES.find((each) => each === name)
    if (known === undefined)
      throw usageError(
        `--fact: there is no fact "${name}"${suggestion(name, NAMES)}`,
        `Facts: ${NAMES.join(', ')}`,
      )
    if (corrections.has(known)) throw usageError(`--fact gives "${name}" twice`)
    corrections.set(known, value)
  }
  return corrections
}

/**
 * The facts as a person has corrected them.
 *
 * @throws KnownError (usage) that names the fact whose value cannot be
 */
export function correctFacts(facts: Facts, corrections: Corrections, repository: Repository): Facts {
  const said = (name: FactName) => corrections.get(name)
  const list = (name: FactName, found: readonly Fact<string>[]) => {
    const value = said(name)
    return value === undefined ? found : listed(value).map((each) => fact(each))
  }
  const one = (name: FactName, found: readonly Fact<string>[]) => {
    const value = said(name)
    return value === undefined ? found : value === NONE ? [] : [fact(value)]
  }
  const environment = said('environment')
  const tests = said('tests')
  return {
    ...facts,
    environment:
      environment === undefined
        ? facts.environment
        : optional(environment, (value) => fact(managerOf(value))),
    packages: list('package', facts.packages),
    training: one('training', facts.training),
    prediction: one('prediction', facts.prediction),
    frameworks: list('framework', facts.frameworks),
    models: list('model', facts.models),
    data: list('data', facts.data),
    tests:
      tests === undefined
        ? facts.tests
        : optional(tests, (value) => fact(fileOf('tests', value, repository))),
    tools: list('tools', facts.tools),
  }
}

/**
 * How the repository's own code is called, as a person has corrected it. Undefined where no training is known.
 *
 * @throws KnownError (usage) that names the fact whose value cannot be
 */
export function correctOwnCode(
  found: OwnCode | undefined,
  corrections: Corrections,
  repository: Repository,
): OwnCode | undefined {
  const training = corrections.get('training')
  if (training === NONE || (found === undefined && training === undefined)) return undefined
  const own = found ?? NO_OWN_CODE
  const text = (name: FactName, present: string | null) => {
    const value = corrections.get(name)
    return value === undefined ? present : value === NONE ? null : value
  }
  const list = (name: FactName, present: readonly string[]) => {
    const value = corrections.get(name)
    return value === undefined ? present : listed(value).map((path) => fileOf(name, path, repository))
  }
  const train = text('training', own.train)
  for (const [name, value] of [
    ['training', training],
    ['prediction', corrections.get('prediction')],
  ] as const)
    if (value !== undefined && /^\S+\.(py|ipynb)$/.test(value)) fileOf(name, value, repository)
  const features = text('features', own.features)
  if (features !== null && !/^[\w.]+:\w+$/.test(features))
    throw usageError(`--fact features=${features}: expected module:function`)
  return {
    ...own,
    train,
    predict: text('prediction', own.predict),
    predictions: text('predictions', own.predictions),
    features,
    fill_up: corrections.has('fill_up') ? truthOf('fill_up', corrections.get('fill_up') ?? '') : own.fill_up,
    model: text('model', own.model),
    data: text('data', own.data),
    reads: text('reads', own.reads),
    code: list('code', own.code.length > 0 || train === null ? own.code : codeNamed(train, repository)),
    requirements: list('requirements', own.requirements),
    python: text('python', own.python),
  }
}

/** The script or the folder of the module that a training names. */
function codeNamed(train: string, repository: Repository): string[] {
  const module = /^([\w.]+):\w+$/.exec(train)?.[1]?.replaceAll('.', '/')
  const words = module === undefined ? train.split(/\s+/) : [`${module}.py`, `src/${module}.py`]
  const file = words.find((word) => repository.text(word) !== undefined)
  return file === undefined ? [] : [file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : file]
}

function fileOf(name: FactName, path: string, repository: Repository): string {
  const clean = path.replace(/\/$/, '')
  const isThere =
    clean === '.' || repository.files.some((file) => file.path === clean || file.path.startsWith(`${clean}/`))
  if (!isThere)
    throw usageError(
      `--fact ${name}=${path}: there is no ${path} in ${repository.root}`,
      'Give a path from the top of the repository.',
    )
  return clean
}

function truthOf(name: FactName, value: string): boolean {
  if (value !== 'true' && value !== 'false')
    throw usageError(`--fact ${name}=${value}: expected true or false`)
  return value === 'true'
}

function managerOf(value: string): Manager {
  const manager = MANAGER_NAMES.find((each) => each === value)
  if (manager === undefined)
    throw usageError(
      `--fact environment=${value}: expected ${MANAGER_NAMES.join(', ')}${suggestion(value, MANAGER_NAMES)}`,
    )
  return manager
}

function listed(value: string): string[] {
  return value === NONE
    ? []
    : value
        .split(',')
        .map((each) => each.trim())
        .filter(Boolean)
}

function optional<Value>(value: string, make: (value: string) => Value): Value | undefined {
  return value === NONE ? undefined : make(value)
}

function fact<Value extends string>(value: Value): Fact<Value> {
  return { value, evidence: SAID }
}

/** Where a corrected fact comes from. */
const SAID: Evidence = { path: '--fact', line: 1, what: 'as you said' }
