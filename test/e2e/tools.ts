import { TOOLS } from './install-tools.ts'
import { type Ran, run } from './run.ts'

/** Of yamllint, for the YAML of rendered projects. */
export const YAML_RULES = '{extends: default, rules: {line-length: {max: 120}, document-start: disable}}'

/** Runs a Python tool of requirements.txt. */
export function tool(cwd: string, name: string, ...args: string[]): Ran {
  return run(cwd, `${TOOLS}/bin/${name}`, args)
}
