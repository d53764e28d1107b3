import nodeFs from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createFsFromVolume, Volume } from 'memfs'
import { type ApplyOptions, applyPlan } from '../../src/apply/apply.ts'
import { readDisk } from '../../src/plan/disk.ts'
import { type MoveInput, type Plan, planMove } from '../../src/plan/plan.ts'
import type { FileSystem } from '../../src/project/file-system.ts'
import { LOCK_FILE, type Lock, parseLock } from '../../src/project/lock.ts'
import { STATE_FOLDER } from '../../src/project/paths.ts'
import type { FileMode, Ownership, Tree } from '../../src/render/tree.ts'

/** A project for a test, in memory or on a real disk. */
export interface World {
  readonly fs: FileSystem & typeof nodeFs
  readonly root: string
}

export type Content = string | Uint8Array

/** A file of a literal tree; a string is a managed file with that text. */
export type Literal = Content | { content: Content; mode?: FileMode; ownership?: Ownership; layer?: string }

/** What a test puts on disk. */
export type DiskLiteral = Content | { content: Content; mode: number } | { link: string } | { folder: true }

const TEMPORARY = nodeFs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

export function memoryWorld(): World {
  const fs = createFsFromVolume(new Volume()) as unknown as World['fs']
  fs.mkdirSync('/home/project', { recursive: true })
  return { fs: withRmdir(fs), root: '/home/project' }
}

/** memfs miscounts the names in a folder after a rename over an existing file, and then does not remove it. */
function withRmdir(fs: World['fs']): World['fs'] {
  const { rmdirSync } = fs
  const remove = (folder: string) =>
    fs.readdirSync(folder).length === 0 ? fs.rmSync(folder, { recursive: true }) : rmdirSync(folder)
  return Object.assign(fs, { rmdirSync: remove })
}

/** A folder of its own, made where it is fast; the system clears the place it is in. */
export function diskWorld(): World {
  const home = nodeFs.mkdtempSync(join(TEMPORARY, 'create-mlops-test-'))
  const root = join(home, 'project')
  nodeFs.mkdirSync(root)
  return { fs: nodeFs as World['fs'], root }
}

export function removeWorld({ fs, root }: World): void {
  if (fs === nodeFs) nodeFs.rmSync(dirname(root), { recursive: true, force: true })
}

/** Every test of safety runs in memory and on a real disk: they differ just where it matters. */
export const WORLDS = [
  ['in memory', memoryWorld],
  ['on disk', diskWorld],
] as const

export function tree(files: Record<string, Literal>): Tree {
  return new Map(
    Object.entries(files).map(([path, literal]) => {
      const file =
        typeof literal === 'string' || literal instanceof Uint8Array ? { content: literal } : literal
      const { content, mode = 0o644, ownership = 'managed', layer = 'level1/common' } = file
      return [path, { path, content: bytes(content), mode, ownership, layer }]
    }),
  )
}

export function lay({ fs, root }: World, files: Record<string, DiskLiteral>): void {
  for (const [path, literal] of Object.entries(files)) {
    const file = join(root, path)
    fs.mkdirSync(dirname(file), { recursive: true })
    if (typeof literal === 'string' || literal instanceof Uint8Array) fs.writeFileSync(file, literal)
    else if ('link' in literal) fs.symlinkSync(literal.link, file)
    else if ('folder' in literal) fs.mkdirSync(file, { recursive: true })
    else {
      fs.writeFileSync(file, literal.content)
      fs.chmodSync(file, literal.mode)
    }
  }
}

export function read({ fs, root }: World, path: string): string {
  return fs.readFileSync(join(root, path), 'utf8') as string
}

export function lockOf({ fs, root }: World): Lock | null {
  const file = join(root, LOCK_FILE)
  return fs.existsSync(file) ? parseLock(fs.readFileSync(file, 'utf8') as string) : null
}

export type Options = Partial<Omit<MoveInput, 'theirs' | 'disk'>>

export function plan(world: World, files: Record<string, Literal> | Tree, options: Options = {}): Plan {
  const theirs = files instanceof Map ? (files as Tree) : tree(files as Record<string, Literal>)
  const base = options.base === undefined ? lockOf(world) : options.base
  return planMove({
    version: '1.0.0',
    theirs,
    disk: readDisk(world.fs, world.root),
    ...options,
    base,
  })
}

/** Plans and applies. */
export function move(
  world: World,
  files: Record<string, Literal> | Tree,
  options: Options & { title?: string } = {},
): Plan {
  const planned = plan(world, files, options)
  apply(world, planned, options.title === undefined ? {} : { title: options.title })
  return planned
}

export function apply(world: World, planned: Plan, options: ApplyOptions = {}) {
  return applyPlan(world.root, planned, { fs: world.fs, ...options })
}

/** Each change of a plan in a line: its kind and its path. */
export function summary(planned: Plan): string[] {
  return planned.changes.map(({ kind, path }) => `${kind} ${path}`)
}

/** All that is below a project's folder, without our own state: bytes, modes, links and folders. */
export function snapshot({ fs, root }: World): Record<string, string> {
  const found: Record<string, string> = {}
  const visit = (folder: string, prefix: string) => {
    for (const name of [...fs.readdirSync(folder)].sort()) {
      if (prefix === '' && name === STATE_FOLDER) continue
      const file = join(folder, name)
      const path = prefix + name
      const stats = fs.lstatSync(file)
      const mode = (stats.mode & 0o7777).toString(8)
      if (stats.isSymbolicLink()) found[path] = `-> ${fs.readlinkSync(file)}`
      else if (stats.isDirectory()) {
        found[`${path}/`] = mode
        visit(file, `${path}/`)
      } else found[path] = `${mode} ${fs.readFileSync(file).toString('latin1')}`
    }
  }
  if (fs.existsSync(root)) visit(root, '')
  return found
}

export function bytes(content: Content): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content
}
