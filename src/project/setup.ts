import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Output } from '../ui/output.ts'
import { showProgress } from '../ui/progress.ts'

/** Oldest Python that the generated projects run on. */
const OLDEST_PYTHON = [3, 10] as const

/**
 * Installs the project's Python packages with the project's own script, as `make setup` does. A failure leaves the
 * project complete and says how to go on.
 *
 * @returns whether the packages are installed
 */
export async function installPackages(root: string, output: Output): Promise<boolean> {
  const { execa } = await import('execa')
  const python = await findPython()
  if (python === undefined) {
    output.note(`No Python ${OLDEST_PYTHON.join('.')} or newer was found. Install one, then run: make setup`)
    return false
  }
  const progress = showProgress(output, 'Installing the Python packages (make setup)')
  const result = await execa(python, [join('scripts', 'setup.py')], { cwd: root, reject: false, all: true })
  progress.stop()
  if (!result.failed) return true
  const lines = result.all.trim().split('\n').slice(-12).join('\n')
  output.note(
    `The Python packages could not be installed:\n${lines}\nThe project itself is complete. To go on: make setup`,
  )
  return false
}

/** Larger files are left out of the first commit: git keeps them for good. */
const LARGEST_COMMITTED = 50 * 1024 * 1024

/**
 * Makes a repository, unless the project is in one already or git is not there.
 *
 * @returns whether there is a new repository
 */
export async function makeRepository(root: string, output: Output): Promise<boolean> {
  const git = await gitIn(root)
  const inside = await git('rev-parse', '--is-inside-work-tree')
  if (inside.stdout === 'true') return false
  if (inside.code === 'ENOENT') {
    output.note('git was not found, so there is no repository yet.')
    return false
  }
  const isMade = !(await git('init', '--quiet', '--initial-branch=main')).failed
  if (!isMade) output.note('git could not make a repository here.')
  return isMade
}

/** Commits everything, but for a data file that is too large for git. */
export async function commitAll(root: string, data: string, output: Output): Promise<void> {
  const git = await gitIn(root)
  const isLarge = statSync(join(root, data)).size > LARGEST_COMMITTED
  await git('add', '--all', '--', '.', ...(isLarge ? [`:(exclude,literal)${data}`] : []))
  if (isLarge) output.note(`${data} is large and was left out of git. Keep a copy of it elsewhere.`)
  const commit = await git('commit', '--quiet', '--no-verify', '-m', 'Create the project with create-mlops')
  if (commit.failed)
    output.note(
      'git could not commit (has it your name and e-mail?). To do it later: git add -A && git commit',
    )
}

async function gitIn(root: string) {
  const { execa } = await import('execa')
  return (...args: string[]) => execa('git', args, { cwd: root, reject: false, stdin: 'ignore' })
}

async function findPython(): Promise<string | undefined> {
  const { execa } = await import('execa')
  const names = process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python']
  const version = `import sys; sys.exit(sys.version_info < (${OLDEST_PYTHON.join(', ')}))`
  for (const name of names) if (!(await execa(name, ['-c', version], { reject: false })).failed) return name
  return undefined
}

/** Whether the project has a script of its own that installs what it needs. */
export function canInstall(root: string): boolean {
  return existsSync(join(root, 'scripts', 'setup.py'))
}
