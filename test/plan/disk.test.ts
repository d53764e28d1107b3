import { once } from 'node:events'
import nodeFs from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LARGEST_HELD, readDisk } from '../../src/plan/disk.ts'
import { ignoringCase } from './ignoring-case.ts'
import {
  diskWorld,
  lay,
  lockOf,
  memoryWorld,
  move,
  plan,
  removeWorld,
  snapshot,
  summary,
  type World,
} from './world.ts'

describe('readDisk', () => {
  let world: World
  beforeEach(() => {
    world = diskWorld()
  })
  afterEach(() => removeWorld(world))

  const kindAt = (path: string) => readDisk(world.fs, world.root).at(path).kind

  test('tells files, folders, links and nothing apart', () => {
    lay(world, { file: 'x', folder: { folder: true }, link: { link: 'file' }, dangling: { link: 'nowhere' } })
    const kinds = ['file', 'folder', 'link', 'dangling', 'nothing', 'no/thing'].map(kindAt)
    expect(kinds).toEqual(['file', 'folder', 'symlink', 'symlink', 'absent', 'absent'])
  })

  test('does not open what is neither a file nor a folder', async () => {
    const server = createServer().listen(join(world.root, 'socket'))
    await once(server, 'listening')
    expect(kindAt('socket')).toBe('special')
    server.close()
  })

  test('finds what blocks a path', () => {
    lay(world, { file: 'x', folder: { folder: true }, link: { link: 'folder' } })
    const disk = readDisk(world.fs, world.root)
    expect(disk.at('file/below')).toEqual({ kind: 'blocked', by: 'file', parent: 'file' })
    expect(disk.at('link/deep/below')).toEqual({ kind: 'blocked', by: 'link', parent: 'symlink' })
  })

  test('does not hold a large file, and still tells whether it is the same', () => {
    const content = Buffer.alloc(LARGEST_HELD + 1, 'x')
    lay(world, { large: content, '../copy': content, '../other': Buffer.alloc(LARGEST_HELD + 1, 'y') })
    const disk = readDisk(world.fs, world.root)
    const large = disk.at('large')
    expect(large.kind === 'file' && large.content()).toBeNull()
    expect(disk.isCopyOf('large', join(world.root, '../copy'))).toBe(true)
    expect(disk.isCopyOf('large', join(world.root, '../other'))).toBe(false)
  })

  test('reads nothing of a repository but the planned paths', () => {
    move(world, { 'a.py': 'a\n', 'src/b.py': 'b\n' })
    lay(world, { 'data/1.csv': '1\n', 'data/2.csv': '2\n', 'mine.py': 'mine\n' })
    const read = vi.fn(nodeFs.readFileSync)
    const listed = vi.fn(nodeFs.readdirSync)
    const fs = { ...nodeFs, readFileSync: read, readdirSync: listed } as unknown as World['fs']
    plan({ ...world, fs }, { 'a.py': 'aa\n', 'src/b.py': 'b\n' }, { base: lockOf(world) })
    const files = read.mock.calls.map(([path]) => String(path).slice(world.root.length + 1))
    expect(files.sort()).toEqual(['a.py', 'mlops.lock', 'src/b.py'])
    expect(listed).not.toHaveBeenCalled()
  })
})

describe('on a disk that ignores case', () => {
  const makeWorld = () => {
    const world = memoryWorld()
    return { ...world, fs: ignoringCase(world.fs) }
  }

  test('case 35: a rename that changes only upper and lower case keeps the file', () => {
    const world = makeWorld()
    move(world, { 'Readme.md': 'a\nb\n' })
    lay(world, { 'Readme.md': 'mine\na\nb\n' })
    move(world, { 'README.md': 'a\nb\nc\n' }, { renames: new Map([['Readme.md', 'README.md']]) })
    expect(Object.keys(snapshot(world))).toEqual(['README.md', 'mlops.lock'])
    expect(snapshot(world)['README.md']).toContain('mine\na\nb\nc\n')
  })

  test('a file of the user’s with another case is a conflict', () => {
    const world = makeWorld()
    lay(world, { 'readme.md': 'mine\n' })
    expect(summary(plan(world, { 'README.md': 'a\n' }))).toEqual(['conflict README.md'])
  })
})
