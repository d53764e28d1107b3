import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { lay, lockOf, move, plan, read, removeWorld, summary, WORLDS, type World } from './world.ts'

describe.each(WORLDS)('the decision for each path, %s', (_, makeWorld) => {
  let world: World
  const start = (files: Parameters<typeof move>[1]) => {
    world = makeWorld()
    move(world, files)
  }
  afterEach(() => removeWorld(world))

  test('a new file is created', () => {
    start({ 'a.py': 'a\n' })
    expect(summary(move(world, { 'a.py': 'a\n', 'src/b.py': 'b\n' }))).toEqual(['create src/b.py'])
    expect(read(world, 'src/b.py')).toBe('b\n')
  })

  test('a file that nobody edited follows the template', () => {
    start({ 'a.py': 'one\n' })
    expect(summary(move(world, { 'a.py': 'two\n' }))).toEqual(['update a.py'])
    expect(read(world, 'a.py')).toBe('two\n')
  })

  test('an edited file stays while its template does', () => {
    start({ 'a.py': 'one\n' })
    lay(world, { 'a.py': 'mine\n' })
    expect(summary(move(world, { 'a.py': 'one\n' }))).toEqual(['keep a.py'])
    expect(read(world, 'a.py')).toBe('mine\n')
  })

  test('changes of both sides are merged', () => {
    start({ 'a.py': '1\n2\n3\n4\n' })
    lay(world, { 'a.py': 'mine\n1\n2\n3\n4\n' })
    expect(summary(move(world, { 'a.py': '1\n2\n3\n4\n5\n' }))).toEqual(['merge a.py'])
    expect(read(world, 'a.py')).toBe('mine\n1\n2\n3\n4\n5\n')
  })

  test('changes to the same lines are a conflict', () => {
    start({ 'a.py': 'one\n' })
    lay(world, { 'a.py': 'mine\n' })
    const planned = plan(world, { 'a.py': 'theirs\n' })
    expect(planned.conflicts).toMatchObject([{ path: 'a.py', conflict: 'both-changed' }])
  })

  test('the same change of both sides needs nothing', () => {
    start({ 'a.py': 'one\n' })
    lay(world, { 'a.py': 'two\n' })
    expect(summary(move(world, { 'a.py': 'two\n' }))).toEqual([])
    expect(summary(plan(world, { 'a.py': 'three\n' }))).toEqual(['update a.py'])
  })

  test('a file that is no longer generated goes if nobody edited it, with its folder', () => {
    start({ 'a.py': 'a\n', 'src/deep/b.py': 'b\n' })
    expect(summary(move(world, { 'a.py': 'a\n' }))).toEqual(['delete src/deep/b.py'])
    expect(world.fs.existsSync(join(world.root, 'src'))).toBe(false)
    expect(lockOf(world)?.files.has('src/deep/b.py')).toBe(false)
  })

  test('an edited file that is no longer generated stays and is the user’s from then on', () => {
    start({ 'a.py': 'a\n', 'b.py': 'b\n' })
    lay(world, { 'b.py': 'mine\n' })
    expect(summary(move(world, { 'a.py': 'a\n' }))).toEqual(['keep b.py'])
    expect(read(world, 'b.py')).toBe('mine\n')
    expect(summary(move(world, { 'a.py': 'a\n' }))).toEqual([])
  })

  test('a deleted file stays deleted, and the plan says when its template changes', () => {
    start({ 'a.py': 'a\n', 'b.py': 'b\n' })
    world.fs.unlinkSync(join(world.root, 'b.py'))
    expect(plan(world, { 'a.py': 'a\n', 'b.py': 'b\n' }).changes).toMatchObject([
      { kind: 'stay-deleted', path: 'b.py', isOutdated: false },
    ])
    expect(move(world, { 'a.py': 'a\n', 'b.py': 'new\n' }).changes).toMatchObject([
      { kind: 'stay-deleted', path: 'b.py', isOutdated: true },
    ])
  })

  test('a file that is the user’s is written once and never touched by an upgrade', () => {
    start({ 'model.py': { content: 'one\n', ownership: 'yours' } })
    const next = { 'model.py': { content: 'two\n', ownership: 'yours' as const } }
    expect(summary(move(world, next))).toEqual(['pending model.py'])
    lay(world, { 'model.py': 'mine\n' })
    expect(summary(move(world, next, { conflicts: 'theirs' }))).toEqual(['pending model.py'])
    expect(read(world, 'model.py')).toBe('mine\n')
  })

  test('a file of the user’s is replaced when they ask for it by name', () => {
    start({ 'model.py': { content: 'one\n', ownership: 'yours' } })
    const next = { 'model.py': { content: 'two\n', ownership: 'yours' as const } }
    move(world, next, { resolutions: new Map([['model.py', 'theirs']]) })
    expect(read(world, 'model.py')).toBe('two\n')
  })

  test('a file of the user’s that nobody edited gives way to the one of another option', () => {
    const option = (layer: string, content: string) => ({
      'model.py': { content, layer, ownership: 'yours' as const },
    })
    start(option('level1/framework/scikit-learn', 'one\n'))
    expect(summary(move(world, option('level1/framework/lightgbm', 'two\n')))).toEqual(['update model.py'])
  })

  test('an untouched file of the user’s goes with its option, an edited one stays', () => {
    const ownership = 'yours' as const
    start({ 'a.py': 'a\n', 'b.py': { content: 'b\n', ownership }, 'c.py': { content: 'c\n', ownership } })
    lay(world, { 'c.py': 'mine\n' })
    expect(summary(move(world, { 'a.py': 'a\n' }))).toEqual(['delete b.py', 'keep c.py'])
  })
})
