import type { FileSystem } from '../../src/project/file-system.ts'

/** The calls that change the disk; a process can be killed before or in the middle of any of them. */
const CHANGING = [
  'writeSync',
  'fsyncSync',
  'fchmodSync',
  'chmodSync',
  'mkdirSync',
  'rmdirSync',
  'renameSync',
  'linkSync',
  'unlinkSync',
] as const

type Changing = (typeof CHANGING)[number]

export class Killed extends Error {}

export interface FailingFs {
  readonly fs: FileSystem
  /** How many changing calls were made. */
  readonly calls: () => number
}

/** A file system that dies before its nth changing call, or half-way through it if that is a write. */
export function dyingFs(real: FileSystem, nth: number): FailingFs {
  let dead = false
  return wrap(real, (count, name, call) => {
    if (dead || count === nth) {
      if (!dead && name === 'writeSync') writeHalf(real, call)
      dead = true
      throw new Killed(`killed at ${nth}`)
    }
  })
}

/** A file system whose nth changing call fails once with an error code, as from a full disk. */
export function failingFs(real: FileSystem, nth: number, code: string): FailingFs {
  return wrap(real, (count, name) => {
    if (count === nth) throw Object.assign(new Error(`${code}: ${name}`), { code, path: '/some/file' })
  })
}

/** A file system that does something of its own before its nth changing call, as another program would. */
export function interferingFs(real: FileSystem, nth: number, interfere: () => void): FailingFs {
  return wrap(real, (count) => {
    if (count === nth) interfere()
  })
}

function wrap(real: FileSystem, before: (count: number, name: Changing, call: unknown[]) => void): FailingFs {
  let count = 0
  const fs = Object.create(real) as Record<string, unknown>
  for (const name of CHANGING)
    fs[name] = (...call: unknown[]) => {
      before(count++, name, call)
      return (real[name] as (...call: unknown[]) => unknown).apply(real, call)
    }
  return { fs: fs as unknown as FileSystem, calls: () => count }
}

function writeHalf(real: FileSystem, call: unknown[]): void {
  const [descriptor, content, offset, length] = call as [number, Uint8Array, number, number]
  real.writeSync(descriptor, content, offset, Math.floor(length / 2))
}
