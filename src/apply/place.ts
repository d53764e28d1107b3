import { dirname, join } from 'node:path'
import { KnownError } from '../errors.ts'
import { type FileSystem, unlessMissing } from '../project/file-system.ts'
import { STATE_FOLDER } from '../project/paths.ts'
import { writeNewFile } from './durable.ts'

/** The folder, in our own state, with one folder a transaction. */
export const TRANSACTIONS = 'transactions'

/** A project and the file system it is on. */
export interface Place {
  readonly fs: FileSystem
  /** Absolute. */
  readonly root: string
}

export function absolute({ root }: Place, path: string): string {
  return join(root, path)
}

/** A path in the folder of our own state. */
export function statePath({ root }: Place, ...segments: string[]): string {
  return join(root, STATE_FOLDER, ...segments)
}

export function exists({ fs }: Place, file: string): boolean {
  return unlessMissing(() => fs.lstatSync(file)) !== null
}

/**
 * Makes the project's folder where it is missing, with the folders above it, and returns how many that were.
 *
 * @throws KnownError when something else than a folder is in the way
 */
export function ensureRoot({ fs, root }: Place): number {
  const found = unlessMissing(() => fs.statSync(root))
  if (found?.isDirectory()) return 0
  if (found !== null) throw new KnownError(`${root} is no folder`, { hint: 'Choose another folder.' })
  const above = ensureRoot({ fs, root: dirname(root) })
  try {
    fs.mkdirSync(root)
    return above + 1
  } catch (error) {
    removeRoots({ fs, root: dirname(root) }, above)
    throw error
  }
}

/** Makes the folder of our own state, which git ignores. */
export function ensureState(place: Place): void {
  const { fs } = place
  const folder = statePath(place)
  const found = unlessMissing(() => fs.lstatSync(folder))
  if (found !== null && !found.isDirectory())
    throw new KnownError(`${STATE_FOLDER} is to be a folder, and something else is in its place`, {
      hint: 'Move it away and run the command again.',
    })
  if (found === null) fs.mkdirSync(folder)
  const ignore = statePath(place, '.gitignore')
  if (!exists(place, ignore)) writeNewFile(fs, ignore, [Buffer.from('*\n')], { bits: 0o644, isExact: false })
}

/** Removes a folder if there is nothing in it, and says whether it did. */
export function removeEmptyFolder(fs: FileSystem, folder: string): boolean {
  const isFolder = unlessMissing(() => fs.lstatSync(folder))?.isDirectory() ?? false
  if (!isFolder || fs.readdirSync(folder).length > 0) return false
  fs.rmdirSync(folder)
  return true
}

/** Removes the project's folder and those above it, as many as `ensureRoot` made, while they are empty. */
export function removeRoots({ fs, root }: Place, count: number): void {
  if (count === 0 || !removeEmptyFolder(fs, root)) return
  removeRoots({ fs, root: dirname(root) }, count - 1)
}
