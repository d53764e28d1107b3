import { posix } from 'node:path'
import type { World } from './world.ts'

const ONE_PATH = [
  'lstatSync',
  'statSync',
  'existsSync',
  'readFileSync',
  'readdirSync',
  'openSync',
  'mkdirSync',
  'rmdirSync',
  'unlinkSync',
  'writeFileSync',
  'chmodSync',
] as const

/** A file system that finds a file under its name in any case, as those of macOS and Windows do. */
export function ignoringCase(real: World['fs']): World['fs'] {
  const fs = Object.create(real) as Record<string, unknown>
  const call = (name: string, parts: unknown[]) =>
    (real[name as keyof typeof real] as (...parts: unknown[]) => unknown)(...parts)
  for (const name of ONE_PATH)
    fs[name] = (path: string, ...rest: unknown[]) => call(name, [spelled(real, path), ...rest])
  for (const name of ['renameSync', 'linkSync'])
    fs[name] = (from: string, to: string) => call(name, [spelled(real, from), spelled(real, to)])
  return fs as unknown as World['fs']
}

/** The path as the names on disk are spelled, as far as it is there. */
function spelled(fs: World['fs'], path: string): string {
  if (path === '/' || typeof path !== 'string') return path
  const folder = spelled(fs, posix.dirname(path))
  const wanted = posix.basename(path)
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : []
  return posix.join(folder, names.find((name) => name.toLowerCase() === wanted.toLowerCase()) ?? wanted)
}
