import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

export const TOOLS = resolve('.cache/e2e-tools')

/** A folder for the path: of these tools, projects find uv only. */
export const UV_FOLDER = `${TOOLS}/uv`

const REQUIREMENTS = resolve('test/e2e/requirements.txt')

/** Makes the environment of the Python tools in requirements.txt, or finds that it has been made. */
export function installTools(): void {
  const note = `${TOOLS}/installed.txt`
  const wanted = readFileSync(REQUIREMENTS, 'utf8')
  if (existsSync(note) && readFileSync(note, 'utf8') === wanted) return
  execFileSync('python3', ['-m', 'venv', '--clear', TOOLS])
  execFileSync(`${TOOLS}/bin/pip`, ['install', '--quiet', '-r', REQUIREMENTS], { stdio: 'inherit' })
  mkdirSync(UV_FOLDER)
  symlinkSync(`${TOOLS}/bin/uv`, `${UV_FOLDER}/uv`)
  writeFileSync(note, wanted)
}
