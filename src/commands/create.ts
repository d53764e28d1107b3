import { existsSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Profile } from '../data/profile.ts'
import { EXIT, type ExitCode, KnownError, usageError } from '../errors.ts'
import type { Parsed } from '../flags.ts'
import { type Catalog, firstCommand, highestLevel, readCatalog } from '../layers/catalog.ts'
import type { LevelNumber } from '../layers/level.ts'
import type { Stack } from '../layers/stack.ts'
import { loadTemplates } from '../layers/templates.ts'
import type { Copy } from '../plan/copies.ts'
import { packageName } from '../project/name.ts'
import { SETTINGS_FILE } from '../project/settings.ts'
import { canInstall, commitAll, installPackages, makeRepository } from '../project/setup.ts'
import type { Desired } from '../render/project.ts'
import { answersFromFlags } from './answers.ts'
import { type Context, isAsking } from './context.ts'
import { freeName, lookAround } from './existing.ts'
import { move } from './move.ts'
import { settleUnfinished } from './settle-unfinished.ts'
import { type FoundCode, readWishes } from './wishes.ts'

/** Everything that has to be known to make a project. */
export interface Answers {
  readonly root: string
  readonly name: string
  readonly level: LevelNumber
  readonly stack: Stack
  /** Absolute. */
  readonly data: string
  readonly profile: Profile
  /** The code of the user's that is called, where it is. */
  readonly own?: FoundCode
}

/** A new project, or the first level of an existing one. */
export async function create(parsed: Parsed, context: Context): Promise<ExitCode> {
  const catalog = readCatalog(loadTemplates())
  const wishes = readWishes(parsed, context.cwd)
  checkLevel(catalog, wishes.level)
  if (isAsking(context)) {
    const { askAndCreate } = await import('../generators/run.ts')
    const settled = wishes.dir === undefined ? wishes : await lookAround(catalog, wishes, context)
    return askAndCreate(catalog, settled, context, (answers) =>
      createProject(catalog, answers, parsed, context),
    )
  }
  const settled = await lookAround(catalog, wishes, context)
  return createProject(catalog, await answersFromFlags(catalog, settled, context), parsed, context)
}

/**
 * Checks that a project can be made in a folder, before any question is asked about it. What an interrupted run left
 * there is settled first.
 *
 * @throws KnownError when DIR is a file, or is a project of create-mlops already
 */
export function projectFolder(
  context: Context,
  dir: string,
  name: string | undefined,
): { root: string; name: string } {
  const root = resolve(context.cwd, dir)
  if (existsSync(root) && !statSync(root).isDirectory())
    throw usageError(`${dir} is a file, and the project needs a folder`, 'Give the folder another name.')
  settleUnfinished(root, context)
  if (existsSync(join(root, SETTINGS_FILE)))
    throw new KnownError(`${dir} is a project of create-mlops already`, {
      hint: 'Move it with: create-mlops upgrade, create-mlops set CHOICE=OPTION, or create-mlops apply',
    })
  return { root, name: freeName(root, name) }
}

async function createProject(
  catalog: Catalog,
  answers: Answers,
  parsed: Parsed,
  context: Context,
): Promise<ExitCode> {
  const { root, level } = answers
  const { desired, copies } = placed(answers)
  const { applied } = await move(
    { title: `create at level ${level}`, root, catalog, base: null, desired, copies },
    context,
  )
  if (!applied) return EXIT.ok
  const first = firstCommand(catalog, level)
  return setUp(root, { data: desired.contract.source.path, first }, parsed, context)
}

/** What comes after the files: a repository, the packages, and a first commit with their lock file. */
async function setUp(
  root: string,
  { data, first }: { data: string; first: string | undefined },
  parsed: Parsed,
  { cwd, output }: Context,
): Promise<ExitCode> {
  const isNewRepository = !parsed.switches.has('no-git') && (await makeRepository(root, output))
  const installs = !parsed.switches.has('no-install') && canInstall(root)
  const isInstalled = installs && (await installPackages(root, output))
  if (isNewRepository) await commitAll(root, data, output)
  output.print(nextSteps(relative(cwd, root), isInstalled, first))
  return installs && !isInstalled ? EXIT.error : EXIT.ok
}

/**
 * Data inside the project stays where it is, and so does that of a repository whose code is called; other data is copied
 * into the project.
 */
function placed(answers: Answers): { desired: Desired; copies: Copy[] } {
  const { root, data, profile, level, stack, name, own } = answers
  const stays = isInside(root, data) || (own !== undefined && isInside(own.root, data))
  const path = stays ? slashed(relative(root, data)) : profile.contract.source.path
  const contract = { ...profile.contract, source: { ...profile.contract.source, path } }
  const { task, target, time } = contract
  const project = {
    name,
    package: packageName(name),
    task,
    target,
    time,
    ...(own === undefined ? {} : { own: { ...own.code, root: slashed(relative(root, own.root)) || '.' } }),
  }
  return {
    desired: { level, stack, project, contract },
    copies: stays ? [] : [{ path, from: data }],
  }
}

function isInside(folder: string, file: string): boolean {
  const path = relative(folder, file)
  return path !== '' && !isAbsolute(path) && path.split(sep)[0] !== '..'
}

function slashed(path: string): string {
  return path.replaceAll(sep, '/')
}

function checkLevel(catalog: Catalog, level: LevelNumber | undefined): void {
  const highest = highestLevel(catalog)
  if (level !== undefined && level > highest)
    throw usageError(`Level ${level} is not there yet`, `This version goes up to level ${highest}.`)
}

function nextSteps(folder: string, isInstalled: boolean, first: string | undefined): string {
  const steps = [
    ...(folder === '' ? [] : [`cd ${/\s/.test(folder) ? JSON.stringify(folder) : folder}`]),
    ...(isInstalled ? [] : ['make setup']),
    ...(first === undefined ? [] : [first]),
  ]
  return `Next:\n${steps.map((step) => `  ${step}`).join('\n')}\nmake help lists every command; README.md explains the project.`
}
