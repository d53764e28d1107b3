import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Ran, run } from './run.ts'

const ENVIRONMENT = resolve('.cache/e2e-tools')

/** Runs a Python tool of requirements.txt, from an environment that is made on first use and then kept. */
export function tool(cwd: string, name: string, ...args: string[]): Ran {
  if (!existsSync(`${ENVIRONMENT}/bin/${name}`)) {
    const made = run('.', 'python3', ['-m', 'venv', ENVIRONMENT])
    if (made.code !== 0) throw new Error(made.output)
    const installed = run('.', `${ENVIRONMENT}/bin/pip`, [
      'install',
      '--quiet',
      '-r',
      resolve('test/e2e/requirements.txt'),
    ])
    if (installed.code !== 0) throw new Error(installed.output)
  }
  return run(cwd, `${ENVIRONMENT}/bin/${name}`, args)
}
