import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A regular file of the repository. */
export interface FileEntry {
  /** From the root, with `/`. */
  readonly path: string
  readonly size: number
}

/** Folders that hold other people's code, caches, or state of tools. */
const SKIPPED = new Set([
  '.git',
  '.hg',
  '.svn',
  '.create-mlops',
  '.venv',
  'venv',
  'env',
  '.tox',
  '.nox',
  'node_modules',
  'site-packages',
  '__pycache__',
  '.ipynb_checkpoints',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.eggs',
  'mlruns',
  'wandb',
])

const MOST_FILES = 50_000

/** Every regular file below a folder, sorted. Symbolic links are not followed, to files neither. */
export function walk(root: string): FileEntry[] {
  const files: FileEntry[] = []
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
    for (const entry of list(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && !isSkipped(entry.name)) folders.push(path)
      if (entry.isFile() && files.length < MOST_FILES) files.push({ path, size: sizeOf(join(root, path)) })
    }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

export function isSkipped(name: string): boolean {
  return SKIPPED.has(name) || name.endsWith('.egg-info')
}

/** A folder that may not be read is as good as empty. */
function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function sizeOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0
}
