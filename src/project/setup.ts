import { existsSync } from 'node:fs'
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

/** Makes a repository with a first commit, unless the project is in one already or git is not there. */
export async function makeRepository(root: string, output: Output): Promise<void> {
  const { execa } = await import('execa')
  const git = (...args: string[]) => execa('git', args, { cwd: root, reject: false, stdin: 'ignore' })
  const inside = await git('rev-parse', '--is-inside-work-tree')
  if (inside.stdout === 'true') return
  if (inside.code === 'ENOENT') {
    output.note('git was not found, so there is no repository yet.')
    return
  }
  if ((await git('init', '--quiet', '--initial-branch=main')).failed) {
    output.note('git could not make a repository here.')
    return
  }
  await git('add', '--all')
  const commit = await git('commit', '--quiet', '--no-verify', '-m', 'Create the project with create-mlops')
  if (commit.failed)
    output.note(
      'git could not commit (has it your name and e-mail?). To do it later: git add -A && git commit',
    )
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
