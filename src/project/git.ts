import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { KnownError } from '../errors.ts'
import type { MarkerSides } from '../plan/change.ts'
import { operationsOf } from '../plan/operations.ts'
import type { Plan } from '../plan/plan.ts'
import { LOCK_FILE } from './lock.ts'
import { SETTINGS_FILE } from './settings.ts'

/** Editing mlops.yaml is how a change is asked for, and mlops.lock is written by nobody else. */
const NOT_ASKED_ABOUT = [SETTINGS_FILE, LOCK_FILE]

/** So many paths fit on a command line everywhere. */
const PATHS_A_CALL = 200

/**
 * Refuses to touch files whose state is not in git. Only the files that the plan replaces or deletes are looked at;
 * nothing is refused outside a git repository.
 *
 * @throws KnownError that names the files, or git's own error: what git cannot tell may be lost
 */
export async function refuseDirty(root: string, plan: Plan): Promise<void> {
  const paths = operationsOf(plan)
    .filter(({ path, before }) => before !== null && !NOT_ASKED_ABOUT.includes(path))
    .map(({ path }) => path)
  if (paths.length === 0 || !isInRepository(root)) return
  const dirty = await dirtyPaths(root, paths)
  if (dirty.length === 0) return
  throw new KnownError(`not committed to git, and about to be changed:\n  ${dirty.join('\n  ')}`, {
    hint: 'Commit or stash them first, or use --allow-dirty (create-mlops undo brings them back).',
  })
}

/** Tells git which files hold conflict markers, so that `git status` lists them and merge tools open them. */
export async function recordConflicts(root: string, plan: Plan): Promise<void> {
  if (!isInRepository(root)) return
  for (const change of plan.changes)
    if ('markers' in change && change.markers !== null) await stageConflict(root, change.path, change.markers)
}

/** Takes the conflicts of files that were brought back out of git's index again. */
export async function forgetConflicts(root: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0 || !isInRepository(root)) return
  const unmerged = (await git(root, ['ls-files', '-z', '--unmerged', '--', ...paths])).split('\0')
  const conflicted = new Set(
    unmerged.filter((line) => line !== '').map((line) => line.slice(line.indexOf('\t') + 1)),
  )
  if (conflicted.size > 0) await git(root, ['reset', '--quiet', '--', ...conflicted])
}

/** A worktree or a submodule has a file named `.git` instead of a folder. */
function isInRepository(folder: string): boolean {
  if (existsSync(join(folder, '.git'))) return true
  const parent = dirname(folder)
  return parent !== folder && isInRepository(parent)
}

/** The paths that are not in git's index, and on disk, as they are in the last commit. Ignored files are left out. */
async function dirtyPaths(root: string, paths: readonly string[]): Promise<string[]> {
  const dirty: string[] = []
  for (let start = 0; start < paths.length; start += PATHS_A_CALL) {
    const some = paths.slice(start, start + PATHS_A_CALL)
    const [committed, present] = await Promise.all([committedFiles(root, some), presentFiles(root, some)])
    dirty.push(...some.filter((path) => committed.get(path) !== present.get(path)))
  }
  return dirty
}

/** The mode and the object of files in the last commit. */
async function committedFiles(root: string, paths: readonly string[]): Promise<Map<string, string>> {
  const answer = await git(root, ['ls-tree', '-z', 'HEAD', '--', ...paths]).catch((error) => {
    if (String(error).includes(NO_COMMIT)) return ''
    throw error
  })
  return new Map(
    entriesOf(answer).map((entry) => {
      const [mode, object, path] = partsOf(entry, /^(\d+) \w+ (\w+)\t(.*)$/s)
      return [path, `${mode} ${object}`]
    }),
  )
}

const NO_COMMIT = 'Not a valid object name HEAD'

/**
 * The mode and the object of files in the index, or a word for a file that is not there as it is on disk. `git status`
 * would look at every file of the repository.
 */
async function presentFiles(root: string, paths: readonly string[]): Promise<Map<string, string>> {
  const kinds = ['--cached', '--modified', '--others', '--exclude-standard']
  const answer = await git(root, ['ls-files', '-z', '-t', '--stage', ...kinds, '--', ...paths])
  const files = new Map<string, string>()
  for (const entry of entriesOf(answer)) {
    const [tag, state, path] = partsOf(entry, /^(\S) (?:(\d+ \w+) \d\t)?(.*)$/s)
    // A modified file is listed twice, first as it is in the index.
    files.set(path, tag === IN_INDEX ? state : 'changed')
  }
  return files
}

const IN_INDEX = 'H'

/** The three groups of a pattern. */
function partsOf(entry: string, pattern: RegExp): [string, string, string] {
  const match = pattern.exec(entry)
  if (match === null) throw new Error(`git lists ${JSON.stringify(entry)}`)
  const [, first = '', second = '', third = ''] = match
  return [first, second, third]
}

function entriesOf(answer: string): string[] {
  return answer.split('\0').filter((entry) => entry !== '')
}

/** The stages of git's index: 1 is the common ancestor, 2 is ours, 3 is theirs. */
async function stageConflict(
  root: string,
  path: string,
  { base, yours, theirs }: MarkerSides,
): Promise<void> {
  const place = (await prefixOf(root)) + path
  const lines: string[] = []
  for (const [index, content] of [base, yours, theirs].entries()) {
    if (content === null) continue
    const object = (await git(root, ['hash-object', '-w', '--stdin'], content)).trim()
    if (lines.length === 0) lines.push(`0 ${'0'.repeat(object.length)}\t${place}`)
    lines.push(`100644 ${object} ${index + 1}\t${place}`)
  }
  await git(root, ['update-index', '-z', '--index-info'], Buffer.from(`${lines.join('\0')}\0`))
}

/** Where the project is in its repository: empty, or a folder with a slash at its end. */
async function prefixOf(root: string): Promise<string> {
  return (await git(root, ['rev-parse', '--show-prefix'])).replace(/\n$/, '')
}

/** Node's child processes take a while to load, and many runs need none. */
async function git(root: string, options: readonly string[], input?: Uint8Array): Promise<string> {
  const { execFile } = await import('node:child_process')
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      ['--literal-pathspecs', ...options],
      { cwd: root, env, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(unknown(root, stderr.trim() || error.message))
      },
    )
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

function unknown(root: string, why: string): KnownError {
  return new KnownError(`git cannot tell whether the files in ${root} are committed: ${why}`, {
    hint: 'Put git right, or use --allow-dirty (create-mlops undo brings the files back).',
  })
}
