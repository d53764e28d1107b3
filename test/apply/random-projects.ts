import { join } from 'node:path'
import fc from 'fast-check'
import type { FileMode, RenderedFile, Tree } from '../../src/render/tree.ts'
import { lay, type World } from '../plan/world.ts'

/** Few paths, so that files and folders get in each other's way. */
const PATHS = ['a.py', 'b', 'b/c.txt', 'b/c/d.txt', 'e/f.sh', 'e/g', 'B', 'h/i/j.bin']

const word = fc.constantFrom('one', 'two', 'three', 'four', 'five', '')
const lines = fc.array(word, { maxLength: 6 })
const text = fc
  .tuple(lines, fc.constantFrom('\n', '\n', '\n', '\r\n'), fc.boolean())
  .map(([list, ending, hasFinal]) => Buffer.from(list.join(ending) + (hasFinal ? ending : '')))
const binary = fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from([0, ...bytes]))
const content: fc.Arbitrary<Uint8Array> = fc.oneof(
  { arbitrary: text, weight: 4 },
  { arbitrary: binary, weight: 1 },
)
const mode = fc.constantFrom<FileMode>(0o644, 0o644, 0o755)

/** A rendering: some of the paths, without a file below another file, and without two that differ only in case. */
export const renderings: fc.Arbitrary<Tree> = fc
  .array(fc.tuple(fc.constantFrom(...PATHS), content, mode), { minLength: 1, maxLength: 6 })
  .map((files) => {
    const tree = new Map<string, RenderedFile>()
    for (const [path, bytes, bits] of files)
      if ([...tree.keys()].every((other) => fitsBeside(path, other)))
        tree.set(path, { path, content: bytes, mode: bits, ownership: 'managed', layer: 'level1/common' })
    return tree
  })

/** What a user does to a project. */
export type Edit =
  | { kind: 'write'; path: string; content: Uint8Array }
  | { kind: 'add lines'; path: string; at: number; lines: readonly string[] }
  | { kind: 'delete'; path: string }
  | { kind: 'mode'; path: string; mode: number }
  | { kind: 'link'; path: string; to: string }
  | { kind: 'folder'; path: string }

const path = fc.constantFrom(...PATHS, 'mine.txt', 'b/mine.txt')
const added = fc.array(fc.constantFrom('mine 1', 'mine 2', 'mine 3'), { minLength: 1, maxLength: 2 })
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('add lines' as const), path, at: fc.nat(6), lines: added }),
  fc.record({ kind: fc.constant('add lines' as const), path, at: fc.nat(6), lines: added }),
  fc.record({ kind: fc.constant('write' as const), path, content }),
  fc.record({ kind: fc.constant('delete' as const), path }),
  fc.record({ kind: fc.constant('mode' as const), path, mode: fc.constantFrom(0o600, 0o644, 0o755) }),
  fc.record({
    kind: fc.constant('link' as const),
    path,
    to: fc.constantFrom('../outside', '../outside/file.txt', 'a.py', 'nowhere'),
  }),
  fc.record({ kind: fc.constant('folder' as const), path }),
)
export const edits = fc.array(edit, { maxLength: 5 })

export const answers = fc.constantFrom('mine' as const, 'theirs' as const, 'markers' as const)

/** A folder beside the project that nothing may touch, though links lead to it. */
export function layOutside(world: World): World {
  lay(world, { '../outside/file.txt': 'outside\n', '../outside/c.txt': 'outside\n' })
  return { ...world, root: join(world.root, '../outside') }
}

/** Does what a user would; what is not possible, as the path is blocked, is left out. */
export function doEdits(world: World, list: readonly Edit[]): void {
  for (const each of list) {
    try {
      doEdit(world, each)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
    }
  }
}

function doEdit(world: World, each: Edit): void {
  const { fs, root } = world
  const file = join(root, each.path)
  if (isBehindLink(world, each.path)) return
  const found = fs.lstatSync(file, { throwIfNoEntry: false })
  const isFile = found?.isFile() ?? false
  if (each.kind === 'delete') remove(world, file)
  else if (each.kind === 'write' && !found?.isSymbolicLink()) lay(world, { [each.path]: each.content })
  else if (each.kind === 'add lines' && isFile) addLines(world, each)
  else if (each.kind === 'mode' && isFile) fs.chmodSync(file, each.mode)
  else if (each.kind === 'link' || each.kind === 'folder') {
    remove(world, file)
    lay(world, { [each.path]: each.kind === 'link' ? { link: each.to } : { folder: true } })
  }
}

/** Removing a link in memory would remove what is in the folder that it leads to. */
function remove({ fs }: World, file: string): void {
  const isLink = fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()
  if (isLink) fs.unlinkSync(file)
  else fs.rmSync(file, { recursive: true, force: true })
}

function addLines({ fs, root }: World, { path, at, lines }: Extract<Edit, { kind: 'add lines' }>): void {
  const file = join(root, path)
  const old = fs.readFileSync(file, 'latin1') as string
  if (old.includes('\0')) return
  const list = old.split('\n')
  fs.writeFileSync(file, list.toSpliced(Math.min(at, list.length - 1), 0, ...lines).join('\n'), 'latin1')
}

function isBehindLink({ fs, root }: World, path: string): boolean {
  const parents = path.split('/').slice(0, -1)
  return parents.some((_, index) => {
    const parent = join(root, ...parents.slice(0, index + 1))
    return fs.lstatSync(parent, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  })
}

function fitsBeside(one: string, other: string): boolean {
  const isInside = one.startsWith(`${other}/`) || other.startsWith(`${one}/`)
  const isTwin = one !== other && one.split('/')[0]?.toLowerCase() === other.split('/')[0]?.toLowerCase()
  return !isInside && !(isTwin && one.split('/')[0] !== other.split('/')[0])
}
