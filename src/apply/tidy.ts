import { unlessMissing } from '../project/file-system.ts'
import { unlinkPatiently } from './durable.ts'
import { type Place, removeEmptyFolder, removeRoots, statePath, TRANSACTIONS } from './place.ts'
import { isLocked, removeDrafts } from './process-lock.ts'

/**
 * Removes the folder of our own state once there is nothing left to undo, and then the project's folder and those above
 * it, as many as were made, while they are empty.
 */
export function tidy(place: Place, roots: number): void {
  const { fs } = place
  if (isLocked(place)) return
  removeDrafts(place)
  removeEmptyFolder(fs, statePath(place, TRANSACTIONS))
  const left = unlessMissing(() => fs.readdirSync(statePath(place))) ?? []
  if (left.some((name) => name !== '.gitignore')) return
  if (left.length > 0) unlinkPatiently(fs, statePath(place, '.gitignore'))
  removeEmptyFolder(fs, statePath(place))
  removeRoots(place, roots)
}
