import { errorCode, type FileSystem } from '../project/file-system.ts'

/** How long to go on trying while a virus scanner or an editor holds a file, on Windows. */
const PATIENCE_MS = [10, 20, 50, 100, 200, 400, 800]

const WITHOUT_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/** Makes what happened in a folder survive a power cut. Windows has no such call and needs none. */
export function syncFolder(fs: FileSystem, folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = fs.openSync(folder, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Creates a file that must not exist yet, and returns once its bytes are on the disk; or leaves no file. */
export function writeNewFile(
  fs: FileSystem,
  file: string,
  chunks: Iterable<Uint8Array>,
  mode: { readonly bits: number; readonly isExact: boolean },
): void {
  const descriptor = fs.openSync(file, 'wx', mode.bits)
  try {
    fillFile(fs, descriptor, chunks, mode.isExact ? mode.bits : null)
  } catch (error) {
    unlinkPatiently(fs, file)
    throw error
  }
}

/** Renames, and tries again while another process holds one of the files. */
export function renamePatiently(fs: FileSystem, from: string, to: string): void {
  patiently(() => fs.renameSync(from, to))
}

export function unlinkPatiently(fs: FileSystem, file: string): void {
  patiently(() => fs.unlinkSync(file))
}

/** Gives a file a name that nothing has; fails with EEXIST otherwise, where the file system can tell. */
export function renameToFree(fs: FileSystem, from: string, to: string): void {
  if (tryToLink(fs, from, to)) unlinkPatiently(fs, from)
  else renamePatiently(fs, from, to)
}

/** Gives a file a second name; false on a file system without hard links. */
export function tryToLink(fs: FileSystem, file: string, link: string): boolean {
  try {
    fs.linkSync(file, link)
    return true
  } catch (error) {
    if (WITHOUT_LINKS.includes(errorCode(error) ?? '')) return false
    throw error
  }
}

function patiently(act: () => void): void {
  for (const pause of PATIENCE_MS) {
    try {
      act()
      return
    } catch (error) {
      if (!isHeldByOther(error)) throw error
      sleep(pause)
    }
  }
  act()
}

/** Only Windows refuses to rename a file because somebody reads it. */
function isHeldByOther(error: unknown): boolean {
  return process.platform === 'win32' && ['EPERM', 'EBUSY', 'EACCES'].includes(errorCode(error) ?? '')
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

function fillFile(
  fs: FileSystem,
  descriptor: number,
  chunks: Iterable<Uint8Array>,
  exactMode: number | null,
): void {
  try {
    for (const chunk of chunks) writeAll(fs, descriptor, chunk)
    if (exactMode !== null) fs.fchmodSync(descriptor, exactMode)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

function writeAll(fs: FileSystem, descriptor: number, chunk: Uint8Array): void {
  let written = 0
  while (written < chunk.length) written += fs.writeSync(descriptor, chunk, written, chunk.length - written)
}
