import type nodeFs from 'node:fs'

/** What the planner needs of `node:fs`: it cannot write. */
export type ReadableFileSystem = Pick<
  typeof nodeFs,
  'lstatSync' | 'fstatSync' | 'readFileSync' | 'readdirSync' | 'openSync' | 'readSync' | 'closeSync'
>

/** What applying needs of `node:fs`; tests inject a file system in memory, or one that fails. */
export type FileSystem = ReadableFileSystem &
  Pick<
    typeof nodeFs,
    | 'statSync'
    | 'writeSync'
    | 'fsyncSync'
    | 'fchmodSync'
    | 'chmodSync'
    | 'mkdirSync'
    | 'rmdirSync'
    | 'renameSync'
    | 'linkSync'
    | 'unlinkSync'
  >

/** The `code` of an error of the file system, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** Runs `read` and gives null where there is nothing to read, not even a folder on the way. */
export function unlessMissing<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return null
    throw error
  }
}
