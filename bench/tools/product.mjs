import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
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
export async function withTemplates(built, folder, templates) {
  const source = `${folder}-templates`
  for (const [path, text] of Object.entries(templates)) {
    mkdirSync(join(source, dirname(path)), { recursive: true })
    writeFileSync(join(source, path), text)
  }
  cpSync(built, folder, { recursive: true })
  const { packTemplates } = await load('src/layers/pack.ts', `${folder}-pack.mjs`)
  writeFileSync(join(folder, 'templates.json'), packTemplates(source))
  return folder
}

/** Bundles a module of ours into a file and imports it. */
export async function load(module, file) {
  const build = await rolldown({ input: join(repository, module), platform: 'node' })
  await build.write({ file, format: 'esm' })
  return import(pathToFileURL(file).href)
}

/** How to start the program that is in a folder, as the beginning of an argument list. */
export function program(folder) {
  return [process.execPath, join(folder, 'create-mlops.mjs')]
}
