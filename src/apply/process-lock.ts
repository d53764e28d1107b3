import { hostname } from 'node:os'
import { KnownError } from '../errors.ts'
import { errorCode, type FileSystem, unlessMissing } from '../project/file-system.ts'
import { STATE_FOLDER } from '../project/paths.ts'
import { tryToLink, unlinkPatiently, writeNewFile } from './durable.ts'
import { exists, type Place, statePath } from './place.ts'

const LOCK_NAME = 'lock'

interface Holder {
  readonly pid: number
  readonly host: string
}

/**
 * Runs `work` while no other create-mlops may change the project. The lock of a process that has died is taken over.
 *
 * @throws KnownError when another process holds it
 */
export function withLock<T>(place: Place, work: () => T): T {
  const file = statePath(place, LOCK_NAME)
  acquire(place.fs, file)
  try {
    return work()
  } finally {
    removeQuietly(place.fs, file)
  }
}

/** Whether some process is changing the project. */
export function isLocked(place: Place): boolean {
  return exists(place, statePath(place, LOCK_NAME))
}

/** Removes what processes left that died while they made their lock. */
export function removeDrafts(place: Place): void {
  for (const name of unlessMissing(() => place.fs.readdirSync(statePath(place))) ?? []) {
    const pid = /^lock\.(?:guard\.)?(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !isOther(Number(pid))) removeIfThere(place.fs, statePath(place, name))
  }
}

function acquire(fs: FileSystem, file: string): void {
  if (tryToCreate(fs, file)) return
  removeStale(fs, file)
  if (!tryToCreate(fs, file)) throw heldBy(readHolder(fs, file))
}

/** The lock gets its name only once it says who holds it, so that nobody finds one that says nothing. */
function tryToCreate(fs: FileSystem, file: string): boolean {
  const draft = `${file}.${process.pid}`
  removeIfThere(fs, draft)
  writeHolder(fs, draft)
  try {
    if (!tryToLink(fs, draft, file)) writeHolder(fs, file)
    return true
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    return false
  } finally {
    removeQuietly(fs, draft)
  }
}

function writeHolder(fs: FileSystem, file: string): void {
  const holder: Holder = { pid: process.pid, host: hostname() }
  writeNewFile(fs, file, [Buffer.from(JSON.stringify(holder))], { bits: 0o644, isExact: false })
}

/** Of several processes that find a dead one's lock, only the one that holds the guard may remove it. */
function removeStale(fs: FileSystem, file: string): void {
  const guard = `${file}.guard`
  if (isStale(fs, guard)) removeIfThere(fs, guard)
  if (!tryToCreate(fs, guard)) throw heldBy(readHolder(fs, guard))
  try {
    if (isStale(fs, file)) removeIfThere(fs, file)
  } finally {
    unlinkPatiently(fs, guard)
  }
}

/** A lock with our own number was left by a process that had the number before us: we hold none yet. */
function isStale(fs: FileSystem, file: string): boolean {
  const holder = readHolder(fs, file)
  return holder !== null && holder.host === hostname() && !isOther(holder.pid)
}

function readHolder(fs: FileSystem, file: string): Holder | null {
  const text = unlessMissing(() => fs.readFileSync(file, 'utf8'))
  try {
    return JSON.parse(text ?? '') as Holder
  } catch {
    return null
  }
}

/** Whether another process has this number now. */
function isOther(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

function removeIfThere(fs: FileSystem, file: string): void {
  unlessMissing(() => unlinkPatiently(fs, file))
}

/** What was done under a lock is done, even if the lock stays: it is soon that of a dead process. */
function removeQuietly(fs: FileSystem, file: string): void {
  try {
    unlinkPatiently(fs, file)
  } catch {}
}

function heldBy(holder: Holder | null): KnownError {
  const who =
    holder === null ? 'Another create-mlops' : `create-mlops (process ${holder.pid} on ${holder.host})`
  return new KnownError(`${who} is changing this project right now`, {
    hint: `Wait until it is done. If it no longer runs, delete ${STATE_FOLDER}/${LOCK_NAME} and run the command again.`,
  })
}
