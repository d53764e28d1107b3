import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unlessMissing } from '../../project/file-system.ts'

/** The tags of a repository, from git's own files: git is not run. */
export function readTags(root: string): string[] {
  const git = join(root, '.git')
  // A link could lead anywhere.
  if (unlessMissing(() => lstatSync(git))?.isDirectory() !== true) return []
  const loose = unlessMissing(() => readdirSync(join(git, 'refs/tags'))) ?? []
  const packed = unlessMissing(() => readFileSync(join(git, 'packed-refs'), 'utf8')) ?? ''
  const names = [...packed.matchAll(/ refs\/tags\/(.+)$/gm)].map((match) => match[1] as string)
  return [...new Set([...names, ...loose])].sort()
}
