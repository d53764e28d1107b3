import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { execa } from 'execa'
import { isSkipped } from './repository/walk.ts'
import type { Outcome, Trial } from './trials.ts'

const LONGEST_MS = 10 * 60_000

/**
 * Tries things in a copy of a repository, with a home folder of its own. It keeps the repository as it is; it is no
 * cage: what is tried has the rights of whoever tries it, and the network.
 */
export async function tryInCopy(root: string, trials: readonly Trial[]): Promise<Outcome[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'create-mlops-assess-'))
  try {
    const copy = join(scratch, basename(root))
    cpSync(root, copy, { recursive: true, filter: (path) => path === root || isCopied(path) })
    // Nothing installs into it, so the environment need not be copied.
    if (existsSync(join(root, '.venv'))) symlinkSync(join(root, '.venv'), join(copy, '.venv'))
    const outcomes: Outcome[] = []
    for (const trial of trials) outcomes.push(await tryOne(trial, root, copy, join(scratch, 'home')))
    return outcomes
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function isCopied(path: string): boolean {
  return !isSkipped(basename(path)) && !lstatSync(path).isSymbolicLink()
}

async function tryOne(trial: Trial, root: string, copy: string, home: string): Promise<Outcome> {
  mkdirSync(home, { recursive: true })
  const [program, ...args] = trial.command
  const started = performance.now()
  const python = interpreterOf(root)
  const result = await execa(program === 'python' ? python : program, args, {
    cwd: copy,
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: LONGEST_MS,
    env: {
      HOME: home,
      PATH: [...(python === 'python3' ? [] : [dirname(python)]), process.env.PATH].join(delimiter),
      // The copy, also where the environment holds an editable install of the original.
      PYTHONPATH: [join(copy, 'src'), copy].join(delimiter),
      PYTHONDONTWRITEBYTECODE: '1',
      DO_NOT_TRACK: '1',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      DVC_NO_ANALYTICS: '1',
      MPLBACKEND: 'Agg',
    },
  })
  const seconds = (performance.now() - started) / 1000
  const output = String(result.all ?? '')
  if (result.code === 'ENOENT') return { trial, worked: null, seconds, said: `${program} was not found` }
  if (/No module named pytest/.test(output))
    return { trial, worked: null, seconds, said: 'pytest is not installed' }
  // Where there is no environment, nobody can say that the code is at fault.
  if (result.failed && python === 'python3' && MISSING.test(output))
    return { trial, worked: null, seconds, said: 'its packages are not installed in .venv' }
  const said = result.timedOut ? 'it took more than ten minutes' : lastLine(output)
  return { trial, worked: result.exitCode === 0, seconds, said }
}

const MISSING = /No module named|There is no environment/

function interpreterOf(root: string): string {
  const own = join(root, process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python')
  return existsSync(own) ? own : 'python3'
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1)?.trim() ?? ''
}
