import { TOOLS } from './install-tools.ts'
import { type Ran, run } from './run.ts'

/** Runs a Python tool of requirements.txt. */
export function tool(cwd: string, name: string, ...args: string[]): Ran {
  return run(cwd, `${TOOLS}/bin/${name}`, args)
}
