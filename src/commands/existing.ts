import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { usageError } from '../errors.ts'
import type { Facts, Manager } from '../facts/facts.ts'
import type { Catalog } from '../layers/catalog.ts'
import { highestLevel } from '../layers/catalog.ts'
import type { LevelNumber } from '../layers/level.ts'
import type { Stack } from '../layers/stack.ts'
import { packageName } from '../project/name.ts'
import type { OwnCode } from '../project/own.ts'
import { SETTINGS_FILE } from '../project/settings.ts'
import { oneLine, wrap } from '../ui/text.ts'
import { type Context, isAsking } from './context.ts'
import { settleUnfinished } from './settle-unfinished.ts'
import type { Wishes } from './wishes.ts'

/** How the packages of a foreign repository are installed, as options of `environment`. The others are not offered. */
const ENVIRONMENTS: Partial<Record<Manager, string>> = { uv: 'uv', pip: 'pip', conda: 'pip', pipenv: 'pip' }

/** The folder that is added to a repository which has a training of its own. */
const FOLDER = 'mlops'

/**
 * Looks at what a folder holds before something is added to it, and shows it. What the user has not said then follows
 * from it: the tool that manages the environment, the level, which is the one above that the files show, and how the
 * code that is there trains and predicts. Beside such code the project gets a folder of its own.
 */
export async function lookAround(catalog: Catalog, wishes: Wishes, context: Context): Promise<Wishes> {
  const { cwd, output } = context
  const given = resolve(cwd, wishes.dir ?? '.')
  settleUnfinished(given, context)
  if (existsSync(join(given, SETTINGS_FILE))) return wishes
  const root = holdsCode(given) ? given : wishes.stack.framework === OWN && holdsCode(cwd) ? cwd : undefined
  if (root === undefined) return withoutRepository(wishes)
  const { openRepository } = await import('../assess/repository/repository.ts')
  const { assessRepository } = await import('../assess/assess.ts')
  const { factsOf } = await import('../facts/facts.ts')
  const { ownCodeOf } = await import('../facts/own-code.ts')
  const { correctFacts, correctOwnCode } = await import('../facts/corrections.ts')
  const { formatFacts, formatOwnCode } = await import('../ui/facts.ts')
  const repository = openRepository(root)
  const facts = correctFacts(factsOf(repository), wishes.corrections, repository)
  const data = insideOf(root, wishes.data)
  const own = correctOwnCode(ownCodeOf(repository, data), wishes.corrections, repository)
  const { level: reached } = assessRepository(repository)
  const level = wishes.level ?? (Math.min(reached + 1, highestLevel(catalog)) as LevelNumber)
  const dir = given === root && own !== undefined && !wishes.inPlace ? join(given, FOLDER) : given
  // In a terminal it is asked, with this as the first answer.
  const framework = own !== undefined && isComplete(own) && !isAsking(context) ? { framework: OWN } : {}
  const stack = { ...environmentOf(facts, dir === root), ...framework, ...wishes.stack }
  const isCalled = stack.framework === OWN
  const next = wishes.level === undefined ? `Level ${level} is next.` : `You asked for level ${level}.`
  output.print(
    [
      '',
      output.style('bold', `What ${oneLine(basename(root))} holds already`),
      formatFacts(facts, output),
      '',
      `  Its files show level ${reached}; create-mlops assess says why. ${next}`,
      '  Correct what is wrong with --fact NAME=VALUE, and with --level, --name, --data and --stack.',
      ...(own === undefined
        ? []
        : ['', output.style('bold', headline(isCalled)), formatOwnCode(own, output)]),
      ...paragraphs(
        [...lackingOf(own, stack), ...(dir === root ? warningsOf(facts, level) : besideOf(dir, root, facts))],
        output.width,
      ),
      '',
    ].join('\n'),
  )
  output.result({ repository: { level: reached, facts, own: own ?? null } })
  return {
    ...wishes,
    dir,
    data: wishes.data ?? dataOf(root, own, facts),
    name: wishes.name ?? (dir === given ? undefined : freeName(root, undefined)),
    level,
    stack,
    ...(own === undefined ? {} : { own: { root, code: own } }),
  }
}

/** @throws KnownError (usage) when something was said about a repository that is not there */
function withoutRepository(wishes: Wishes): Wishes {
  const [fact] = wishes.corrections.keys()
  if (fact !== undefined)
    throw usageError(
      `--fact ${fact} is about a repository, and there is no code in this folder`,
      'Go to its top.',
    )
  return wishes
}

/** The option of `framework` that calls the user's own code. */
export const OWN = 'own'

function headline(isCalled: boolean): string {
  return isCalled
    ? 'Your code is called, not replaced (another model: --stack framework=scikit-learn)'
    : 'How your code could be called (--stack framework=own)'
}

/** Whether enough is known to call the code. */
function isComplete({ train, data, model, code }: OwnCode): boolean {
  return train !== null && data !== null && model !== null && code.length > 0
}

/** The data that the code reads, or the only one that there is. */
function dataOf(root: string, own: OwnCode | undefined, facts: Facts): string | undefined {
  if (own === undefined) return undefined
  const only = facts.data.length === 1 ? facts.data[0]?.value : undefined
  const file = join(root, own.data ?? only ?? '')
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? file : undefined
}

function lackingOf(own: OwnCode | undefined, stack: Stack): string[] {
  if (own === undefined && stack.framework === OWN)
    throw usageError(
      'No training was found that could be called',
      'Say how your code trains, with --fact training=…, or leave --stack framework=own out.',
    )
  if (own === undefined || isComplete(own)) return []
  const lacking = [
    ...(own.data === null ? ['the file that it reads (--fact data=FILE)'] : []),
    ...(own.model === null ? ['the file that it leaves the model in (--fact model=FILE)'] : []),
    ...(own.code.length === 0 ? ['what it consists of (--fact code=FILE,FOLDER)'] : []),
  ]
  if (stack.framework === OWN)
    throw usageError(`Your training cannot be called yet: what is not known is ${lacking.join(', ')}`)
  return [
    `Your training code can be called in place of a generated model once it is known: ${lacking.join(', ')}.`,
  ]
}

function environmentOf({ environment }: Facts, isInPlace: boolean): Stack {
  const option = environment === undefined ? undefined : ENVIRONMENTS[environment.value]
  // A folder of its own may have another manager than what is around it.
  return option === undefined || !isInPlace ? {} : { environment: option }
}

function besideOf(dir: string, root: string, { tools }: Facts): string[] {
  const kept = tools.map(({ value }) => value)
  return [
    `Everything goes into ${relative(root, dir)}/, and no file of yours is touched (among them: --in-place).`,
    ...(kept.length === 0
      ? []
      : [
          `There already, and left as it is: ${kept.join(', ')}. What the levels bring of the kind is for ${relative(root, dir)}/ alone.`,
        ]),
  ]
}

function paragraphs(texts: readonly string[], width: number): string[] {
  return texts.flatMap((text) => ['', ...wrap(text, width - 4).map((line) => `  ${line}`)])
}

/** A file as the repository calls it; undefined where it is another's. */
function insideOf(root: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  const path = relative(root, file)
  return path.startsWith('..') || isAbsolute(path) ? undefined : path.replaceAll(sep, '/')
}

/** What does not go well together, said before anything is written. */
function warningsOf({ environment, tests }: Facts, level: LevelNumber): string[] {
  const apart = 'Without --in-place it goes into a folder of its own and does not touch yours.'
  const manager = environment?.value
  const isForeign = manager !== undefined && manager !== 'uv' && manager !== 'pip'
  const joinsTests = tests?.evidence.path.startsWith('tests/') === true && level >= 2
  return [
    ...(isForeign
      ? [`What is generated has an environment of its own in .venv; ${manager} does not install it.`]
      : []),
    ...(joinsTests
      ? ['The generated tests join yours in tests/, and need the environment of make setup, in your CI too.']
      : []),
    ...(isForeign || joinsTests ? [apart] : []),
  ]
}

/** Whether there is code in a folder, or a list of requirements, not too deep in it. */
function holdsCode(root: string, depth = DEPTH): boolean {
  if (!existsSync(root) || !statSync(root).isDirectory()) return false
  const entries = readdirSync(root, { withFileTypes: true })
  if (entries.some((entry) => entry.isFile() && CODE.test(entry.name))) return true
  const folders = entries.filter((entry) => entry.isDirectory() && !OTHERS.test(entry.name))
  return depth > 0 && folders.some(({ name }) => holdsCode(join(root, name), depth - 1))
}

const DEPTH = 2
/** Folders that hold no code of the user's. */
const OTHERS = /^(\.|__|node_modules$|s?venv$|env$|site-packages$)/

const CODE =
  /\.(py|ipynb)$|^(requirements.*\.txt|pyproject\.toml|Pipfile|environment\.ya?ml|MLproject|dvc\.yaml)$/

/**
 * The project's name in a folder where the package of that name may be the user's own: nothing is written into it.
 *
 * @throws KnownError (usage) when the name that the user gave is taken
 */
export function freeName(root: string, given: string | undefined): string {
  const name = given ?? basename(root)
  const taken = ownModule(root, packageName(name))
  if (taken === undefined) return name
  if (given !== undefined)
    throw usageError(`--name ${given} would write into ${taken}, which is yours`, 'Give another name.')
  return `${name}-mlops`
}

/** Where the user has a package or a module of a name. */
function ownModule(root: string, module: string): string | undefined {
  const places = [`${module}.py`, module, `src/${module}.py`, `src/${module}`]
  return places.find((place) => {
    const stats = statSync(join(root, place), { throwIfNoEntry: false })
    if (stats === undefined) return false
    return stats.isDirectory() ? readdirSync(join(root, place)).some((name) => name.endsWith('.py')) : true
  })
}
