import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run.mjs'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the package and copies the built program into a folder, where a later build does not disturb it. */
export function buildInto(folder) {
  run([process.execPath, join(repository, 'scripts/build.mjs')], { cwd: repository })
  cpSync(join(repository, 'dist'), folder, { recursive: true })
  return folder
}

/**
 * A copy of a built program that offers other templates: what is measured is the whole program, from its start.
 *
 * @param templates their texts by path, e.g. `level1/layer.yaml`
 */
export function withTemplates(built, folder, templates) {
  cpSync(built, folder, { recursive: true })
  const packed = Object.fromEntries(Object.entries(templates).map(([path, text]) => [path, { text }]))
  writeFileSync(join(folder, 'templates.json'), JSON.stringify(packed))
  return folder
}

/** How to start the program that is in a folder, as the beginning of an argument list. */
export function program(folder) {
  return [process.execPath, join(folder, 'create-mlops.mjs')]
}
