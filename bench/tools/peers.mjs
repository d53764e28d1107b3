import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run.mjs'

const VERSIONS = {
  python: ['copier==9.19.1', 'cookiecutter==2.7.1'],
  node: ['create-vite@9.3.0', 'plop@4.0.5'],
}

const cache = fileURLToPath(new URL('../.cache/peers', import.meta.url))

/**
 * Installs what we compare with, once, into bench/.cache.
 *
 * @returns how to start each of them, as the beginning of an argument list
 */
export function installPeers() {
  const wanted = JSON.stringify(VERSIONS)
  const marker = join(cache, 'installed.json')
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted) {
    install()
    writeFileSync(marker, wanted)
  }
  const python = (name) => [join(cache, 'python/bin', name)]
  const node = (script) => [process.execPath, join(cache, 'node/node_modules', script)]
  return {
    copier: python('copier'),
    cookiecutter: python('cookiecutter'),
    'create-vite': node('create-vite/index.js'),
    plop: node('plop/bin/plop.js'),
  }
}

function install() {
  process.stderr.write(`installing ${Object.values(VERSIONS).flat().join(', ')} into bench/.cache …\n`)
  rmSync(cache, { recursive: true, force: true })
  run(['python3', '-m', 'venv', join(cache, 'python')])
  run([join(cache, 'python/bin/python'), '-m', 'pip', 'install', '--quiet', ...VERSIONS.python])
  run(['npm', 'install', '--silent', '--prefix', join(cache, 'node'), ...VERSIONS.node])
}
