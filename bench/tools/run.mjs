import { spawnSync } from 'node:child_process'

/**
 * Runs a program to its end and returns what it printed. Git gets a name to commit under, so that no setting of
 * the machine is needed.
 *
 * @throws Error with the program's output when it fails or is missing
 */
export function run(argv, { cwd, env = {} } = {}) {
  const [program, ...args] = argv
  const result = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...GIT_IDENTITY, ...env },
    encoding: 'utf8',
    input: '',
    maxBuffer: 1 << 26,
  })
  if (result.error?.code === 'ENOENT')
    throw new Error(`${program} is not installed, and this benchmark needs it`)
  if (result.error) throw result.error
  if (result.status !== 0)
    throw new Error(`${argv.join(' ')} ended with ${result.status}:\n${result.stdout}${result.stderr}`)
  return result.stdout
}

export function git(cwd, ...args) {
  return run(['git', ...args], { cwd })
}

/** Makes a folder a repository with all of its files in the first commit. */
export function commitAll(folder) {
  git(folder, 'init', '--quiet', '--initial-branch=main')
  git(folder, 'add', '--all', '--force')
  git(folder, 'commit', '--quiet', '--no-verify', '--message', 'Begin')
}

const GIT_IDENTITY = {
  GIT_AUTHOR_NAME: 'Bench',
  GIT_AUTHOR_EMAIL: 'bench@example.org',
  GIT_COMMITTER_NAME: 'Bench',
  GIT_COMMITTER_EMAIL: 'bench@example.org',
}
