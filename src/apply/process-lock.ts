import { hostname } from 'node:os'
import { KnownError } from '../errors.ts'
import { errorCode, type FileSystem, unlessMissing } from '../project/file-system.ts'
import { STATE_FOLDER } from '../project/paths.ts'
import { unlinkPatiently, writeNewFile } from './durable.ts'
import { type Place, statePath } from './place.ts'

interface Holder {
  readonly pid: number
  readonly host: string
}

/** How long another process may take between making the lock and writing its name into it. */
const NAMELESS_MS = 2000

/**
 * Runs `work` while no other create-mlops may change the project. The lock of a process that has died is taken over.
 *
 * @throws KnownError when another process holds it
 */
export function withLock<T>(place: Place, work: () => T): T {
  const file = statePath(place, 'lock')
  acquire(place.fs, file)
  try {
    return work()
  } finally {
    unlinkPatiently(place.fs, file)
  }
}

function acquire(fs: FileSystem, file: string): void {
  if (tryToCreate(fs, file)) return
  removeStale(fs, file)
  if (!tryToCreate(fs, file)) throw heldBy(readHolder(fs, file))
}

function tryToCreate(fs: FileSystem, file: string): boolean {
  const holder: Holder = { pid: process.pid, host: hostname() }
  try {
    const text = Buffer.from(JSON.stringify(holder))
    writeNewFile(fs, file, [text], { bits: 0o644, isExact: false })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Of several processes that find a dead one's lock, only the one that holds the guard may remove it. */
function removeStale(fs: FileSystem, file: string): void {
  const guard = `${file}.takeover`
  if (isOld(fs, guard)) unlinkPatiently(fs, guard)
  if (!tryToCreate(fs, guard)) throw heldBy(readHolder(fs, guard))
  try {
    if (isStale(fs, file)) unlinkPatiently(fs, file)
  } finally {
    unlinkPatiently(fs, guard)
  }
}

function isStale(fs: FileSystem, file: string): boolean {
  const holder = readHolder(fs, file)
  if (holder === null) return isOld(fs, file)
  return holder.host === hostname() && !isAlive(holder.pid)
}

function isOld(fs: FileSystem, file: string): boolean {
  const found = unlessMissing(() => fs.lstatSync(file))
  return found !== null && Date.now() - found.mtimeMs > NAMELESS_MS
}

function readHolder(fs: FileSystem, file: string): Holder | null {
  const text = unlessMissing(() => fs.readFileSync(file, 'utf8'))
  try {
    return JSON.parse(text ?? '') as Holder
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

function heldBy(holder: Holder | null): KnownError {
  const who =
    holder === null ? 'Another create-mlops' : `create-mlops (process ${holder.pid} on ${holder.host})`
  return new KnownError(`${who} is changing this project right now`, {
    hint: `Wait until it is done. If it no longer runs, delete ${STATE_FOLDER}/lock and run the command again.`,
  })
}
