import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { usageError } from '../errors.ts'
import type { Facts, Manager } from '../facts/facts.ts'
import type { Catalog } from '../layers/catalog.ts'
import { highestLevel } from '../layers/catalog.ts'
import type { LevelNumber } from '../layers/level.ts'
import { packageName } from '../project/name.ts'
import { oneLine, wrap } from '../ui/text.ts'
import type { Context } from './context.ts'
import type { Wishes } from './wishes.ts'

/** How the packages of a foreign repository are installed, as options of `environment`. The others are not offered. */
const ENVIRONMENTS: Partial<Record<Manager, string>> = { uv: 'uv', pip: 'pip', conda: 'pip', pipenv: 'pip' }

/**
 * Looks at what a folder holds before something is added to it, and shows it. What the user has not said then follows
 * from it: the tool that manages the environment, and the level, which is the one above that the files show.
 */
export async function lookAround(catalog: Catalog, wishes: Wishes, context: Context): Promise<Wishes> {
  const { cwd, output } = context
  const root = resolve(cwd, wishes.dir ?? '.')
  if (!holdsCode(root)) return wishes
  const { openRepository } = await import('../assess/repository/repository.ts')
  const { assessRepository } = await import('../assess/assess.ts')
  const { factsOf } = await import('../facts/facts.ts')
  const { formatFacts } = await import('../ui/facts.ts')
  const repository = openRepository(root)
  const facts = factsOf(repository)
  const { level: reached } = assessRepository(repository)
  const level = wishes.level ?? (Math.min(reached + 1, highestLevel(catalog)) as LevelNumber)
  const environment = facts.environment === undefined ? undefined : ENVIRONMENTS[facts.environment.value]
  const next = wishes.level === undefined ? `Level ${level} is next.` : `You asked for level ${level}.`
  output.print(
    [
      '',
      output.style('bold', `What ${oneLine(basename(root))} holds already`),
      formatFacts(facts, output),
      '',
      `  Its files show level ${reached}; create-mlops assess says why. ${next}`,
      '  Correct what is wrong with --level, --name, --data and --stack.',
      ...warningsOf(facts, level).flatMap((warning) =>
        wrap(warning, output.width - 4).map((line) => `  ${line}`),
      ),
      '',
    ].join('\n'),
  )
  output.result({ repository: { level: reached, facts } })
  return {
    ...wishes,
    level,
    stack: { ...(environment === undefined ? {} : { environment }), ...wishes.stack },
  }
}

/** What does not go well together, said before anything is written. */
function warningsOf({ environment, tests }: Facts, level: LevelNumber): string[] {
  const apart =
    'In a folder of its own it does not touch yours: create-mlops mlops --data FILE --target COLUMN.'
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

/** Whether there is code in a folder, at the top or one folder below, or a list of requirements. */
function holdsCode(root: string): boolean {
  if (!existsSync(root) || !statSync(root).isDirectory()) return false
  return readdirSync(root, { withFileTypes: true }).some((entry) => {
    if (entry.isFile()) return CODE.test(entry.name)
    if (!entry.isDirectory() || entry.name.startsWith('.')) return false
    return readdirSync(join(root, entry.name)).some((name) => CODE.test(name))
  })
}

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
