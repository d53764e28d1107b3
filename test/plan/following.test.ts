import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LOCK_FILE, parseLock, renderLock } from '../../src/project/lock.ts'
import {
  apply,
  lay,
  lockOf,
  move,
  plan,
  read,
  removeWorld,
  snapshot,
  summary,
  WORLDS,
  type World,
} from './world.ts'

describe.each(WORLDS)('every template change is applied, or reported and pending, %s', (_, make) => {
  let world: World
  beforeEach(() => {
    world = make()
  })
  afterEach(() => removeWorld(world))

  describe('case 34: the template renames a file', () => {
    const renames = new Map([['train.py', 'src/train.py']])

    test('that nobody edited', () => {
      move(world, { 'train.py': 'a\n' })
      expect(summary(move(world, { 'src/train.py': 'b\n' }, { renames }))).toEqual(['rename src/train.py'])
      expect(snapshot(world)).not.toHaveProperty('train.py')
      expect(read(world, 'src/train.py')).toBe('b\n')
    })

    test('that the user edited: the edits go with it', () => {
      move(world, { 'train.py': '1\n2\n3\n' })
      lay(world, { 'train.py': 'mine\n1\n2\n3\n' })
      move(world, { 'src/train.py': '1\n2\n3\n4\n' }, { renames })
      expect(read(world, 'src/train.py')).toBe('mine\n1\n2\n3\n4\n')
      expect(snapshot(world)).not.toHaveProperty('train.py')
    })

    test('that the user deleted: it stays deleted', () => {
      move(world, { 'train.py': 'a\n', 'b.py': 'b\n' })
      world.fs.unlinkSync(join(world.root, 'train.py'))
      const planned = move(world, { 'src/train.py': 'a\n', 'b.py': 'b\n' }, { renames })
      expect(summary(planned)).toEqual(['stay-deleted src/train.py'])
    })

    test('that the user renamed alike: it is merged there', () => {
      move(world, { 'train.py': '1\n2\n3\n' })
      world.fs.unlinkSync(join(world.root, 'train.py'))
      lay(world, { 'src/train.py': 'mine\n1\n2\n3\n' })
      move(world, { 'src/train.py': '1\n2\n3\n4\n' }, { renames })
      expect(read(world, 'src/train.py')).toBe('mine\n1\n2\n3\n4\n')
    })

    test('to a path where the user has another file: a conflict, and nothing moves', () => {
      move(world, { 'train.py': 'a\n' })
      lay(world, { 'src/train.py': 'mine\n' })
      expect(plan(world, { 'src/train.py': 'a\n' }, { renames, conflicts: 'theirs' }).conflicts).toHaveLength(
        1,
      )
    })

    test('in conflict with an edit: markers are written at the new place', () => {
      move(world, { 'train.py': 'a\n' })
      lay(world, { 'train.py': 'mine\n' })
      move(world, { 'src/train.py': 'b\n' }, { renames, conflicts: 'markers' })
      expect(read(world, 'src/train.py')).toContain('<<<<<<< yours\nmine\n')
      expect(snapshot(world)).not.toHaveProperty('train.py')
    })

    test('in conflict with an edit and declined: the file stays, and the rename stays on offer', () => {
      move(world, { 'train.py': 'a\n' })
      lay(world, { 'train.py': 'mine\n' })
      move(world, { 'src/train.py': 'b\n' }, { renames, conflicts: 'mine' })
      expect(read(world, 'train.py')).toBe('mine\n')
      expect(summary(plan(world, { 'src/train.py': 'b\n' }, { renames }))).toEqual(['pending src/train.py'])
    })

    test('and back again', () => {
      move(world, { 'train.py': 'a\n' })
      const before = snapshot(world)
      move(world, { 'src/train.py': 'a\n' }, { renames })
      move(world, { 'train.py': 'a\n' }, { renames: new Map([['src/train.py', 'train.py']]) })
      expect(snapshot(world)).toEqual(before)
    })
  })

  test('case 35: a rename that changes only upper and lower case', () => {
    move(world, { 'Readme.md': 'a\n' })
    move(world, { 'README.md': 'b\n' }, { renames: new Map([['Readme.md', 'README.md']]) })
    expect(Object.keys(snapshot(world))).toEqual(['README.md', LOCK_FILE])
  })

  describe('case 36: the user moved a file', () => {
    const moveFile = () => {
      world.fs.mkdirSync(join(world.root, 'lib'))
      world.fs.renameSync(join(world.root, 'train.py'), join(world.root, 'lib/mine.py'))
    }

    test('it is found by its text, and updated where it is, also after later edits', () => {
      move(world, { 'train.py': '1\n2\n3\n' })
      moveFile()
      expect(summary(move(world, { 'train.py': '1\n2\n3\n4\n' }))).toEqual(['update lib/mine.py'])
      lay(world, { 'lib/mine.py': 'mine\n1\n2\n3\n4\n' })
      expect(summary(move(world, { 'train.py': '1\n2\n3\n4\n5\n' }))).toEqual(['merge lib/mine.py'])
      expect(read(world, 'lib/mine.py')).toBe('mine\n1\n2\n3\n4\n5\n')
    })

    test('it is found where the user says, whatever is in it', () => {
      move(world, { 'train.py': '1\n2\n3\n' })
      moveFile()
      lay(world, { 'lib/mine.py': 'mine\n1\n2\n3\n' })
      const moves = new Map([['train.py', 'lib/mine.py']])
      move(world, { 'train.py': '1\n2\n3\n4\n' }, { moves })
      expect(read(world, 'lib/mine.py')).toBe('mine\n1\n2\n3\n4\n')
    })

    test('a file of the user’s with the text of the next template is not it', () => {
      move(world, { 'train.py': 'a\n' })
      world.fs.unlinkSync(join(world.root, 'train.py'))
      lay(world, { 'mine.py': 'b\n' })
      move(world, { 'train.py': 'b\n' })
      expect(summary(plan(world, { 'train.py': 'b\n' }))).toEqual(['stay-deleted train.py'])
      expect(summary(plan(world, { 'train.py': 'c\n' }))).toEqual(['stay-deleted train.py'])
    })

    test('two files with its text are no proof', () => {
      move(world, { 'train.py': 'a\n' })
      moveFile()
      lay(world, { 'other.py': 'a\n' })
      expect(summary(plan(world, { 'train.py': 'b\n' }))).toEqual(['stay-deleted train.py'])
    })
  })

  test('case 37: with an open conflict nothing is applied and the state says nothing new', () => {
    move(world, { 'a.py': 'a\n', 'b.py': 'b\n' })
    lay(world, { 'a.py': 'mine\n' })
    const before = snapshot(world)
    expect(() => apply(world, plan(world, { 'a.py': 'c\n', 'b.py': 'c\n' }))).toThrow('a.py')
    expect(snapshot(world)).toEqual(before)
  })

  test('case 38: open conflicts have their own exit code', () => {
    lay(world, { 'a.py': 'mine\n' })
    const planned = plan(world, { 'a.py': 'a\n' })
    expect(() => apply(world, planned)).toThrow(expect.objectContaining({ exitCode: 3 }))
  })

  test('cases 39 and 40: the base is in the lock, whatever became of git and of the older templates', () => {
    move(world, { 'a.py': '1\n2\n3\n' })
    lay(world, { 'a.py': 'mine\n1\n2\n3\n' })
    move(world, { 'a.py': '1\n2\n3\n4\n' }, { version: '2.0.0' })
    expect(read(world, 'a.py')).toBe('mine\n1\n2\n3\n4\n')
    expect(lockOf(world)?.createMlops).toBe('2.0.0')
  })

  test('case 41: a lock line that was edited by hand is no base, so nothing is overwritten', () => {
    move(world, { 'a.py': 'a\n', 'b.py': 'b\n' })
    lay(world, { 'a.py': 'mine\n' })
    const lock = lockOf(world)
    const entry = lock?.files.get('a.py')
    const hash = '8d15d2e1a3d9eec2b9e8d1d3ed4c0e4b3e5d0a0d6d6ad3f3f6ffbdd0f8f94a3a'
    lay(world, { [LOCK_FILE]: read(world, LOCK_FILE).replace(entry?.hash ?? 'none', hash) })
    expect(plan(world, { 'a.py': 'c\n', 'b.py': 'c\n' }).conflicts).toMatchObject([
      { path: 'a.py', conflict: 'base-unknown' },
    ])
  })

  test('case 46: the same rendering applied twice changes nothing the second time', () => {
    lay(world, { 'a.py': 'mine\n' })
    const files = { 'a.py': 'a\n', 'b.py': 'b\n', 'run.sh': { content: 'x\n', mode: 0o755 as const } }
    move(world, files, { conflicts: 'mine' })
    const before = snapshot(world)
    expect(apply(world, plan(world, files))).toEqual([])
    expect(snapshot(world)).toEqual(before)
  })

  test('case 47: a deleted file does not come back, unless it is asked for', () => {
    move(world, { 'a.py': 'a\n', 'b.py': 'b\n' })
    world.fs.unlinkSync(join(world.root, 'b.py'))
    const next = { 'a.py': 'a\n', 'b.py': 'needed by the next level\n' }
    expect(summary(move(world, next))).toEqual(['stay-deleted b.py'])
    expect(summary(move(world, next, { restore: ['b.py'] }))).toEqual(['create b.py'])
    expect(read(world, 'b.py')).toBe('needed by the next level\n')
  })

  test.each(['a.py', 'unknown.py'])('case 47: %s cannot be restored', (path) => {
    move(world, { 'a.py': 'a\n' })
    expect(() => plan(world, { 'a.py': 'a\n' }, { restore: [path] })).toThrow(
      `there is nothing to restore at ${path}`,
    )
  })

  describe('a change that was not taken', () => {
    const declined = { 'a.py': 'theirs\n' }
    beforeEach(() => {
      move(world, { 'a.py': 'one\n' })
      lay(world, { 'a.py': 'mine\n' })
      move(world, declined, { conflicts: 'mine' })
    })

    test('stays on offer and stops nothing', () => {
      const planned = plan(world, declined)
      expect(summary(planned)).toEqual(['pending a.py'])
      expect(planned.conflicts).toEqual([])
    })

    test('can be taken later', () => {
      move(world, declined, { conflicts: 'theirs' })
      expect(read(world, 'a.py')).toBe('theirs\n')
      expect(lockOf(world)?.pending.size).toBe(0)
    })

    test('is a conflict again when the template changes again', () => {
      expect(plan(world, { 'a.py': 'theirs 2\n' }).conflicts).toHaveLength(1)
    })

    test('is merged from the base that both still have in common', () => {
      lay(world, { 'a.py': 'mine\none\n' })
      move(world, { 'a.py': 'one\ntheirs\n' })
      expect(read(world, 'a.py')).toBe('mine\none\ntheirs\n')
    })

    test('is forgotten when the template goes back to what it was', () => {
      move(world, { 'a.py': 'one\n' })
      expect(lockOf(world)?.pending.size).toBe(0)
    })
  })

  test('markers that are still in a file are not merged into', () => {
    move(world, { 'a.py': 'one\n' })
    lay(world, { 'a.py': 'mine\n' })
    move(world, { 'a.py': 'two\n' }, { conflicts: 'markers' })
    expect(summary(plan(world, { 'a.py': 'two\n' }))).toEqual(['keep a.py'])
    expect(plan(world, { 'a.py': 'three\n' }).conflicts).toMatchObject([{ conflict: 'unresolved' }])
  })

  test('a file that the template adds to the user’s own goes back to theirs when it is dropped', () => {
    const formatMerge = (_path: string, base: string | null, yours: string, theirs: string) =>
      base === null ? yours + theirs : yours.replace(base, theirs)
    lay(world, { '.gitignore': 'mine\n' })
    move(world, { 'a.py': 'a\n', '.gitignore': 'theirs\n' }, { formatMerge })
    expect(read(world, '.gitignore')).toBe('mine\ntheirs\n')
    move(world, { 'a.py': 'a\n', '.gitignore': 'theirs 2\n' }, { formatMerge })
    expect(read(world, '.gitignore')).toBe('mine\ntheirs 2\n')
    move(world, { 'a.py': 'a\n' }, { formatMerge })
    expect(read(world, '.gitignore')).toBe('mine\n')
  })

  test('a file that is split off the user’s own comes, follows and goes with it', () => {
    const formatMerge = (_path: string, base: string | null, yours: string, theirs: string) => {
      const include = '-include mlops.mk\n'
      if (theirs === '') return yours.replace(include, '')
      const text = base === null ? yours + include : yours
      return { text, extra: [{ path: 'mlops.mk', text: theirs }] }
    }
    lay(world, { Makefile: 'all:\n' })
    const before = snapshot(world)
    move(world, { 'a.py': 'a\n', Makefile: 'train:\n' }, { formatMerge })
    expect([read(world, 'Makefile'), read(world, 'mlops.mk')]).toEqual([
      'all:\n-include mlops.mk\n',
      'train:\n',
    ])
    expect(summary(move(world, { 'a.py': 'a\n', Makefile: 'train:\n' }, { formatMerge }))).toEqual([
      'keep Makefile',
    ])
    move(world, { 'a.py': 'a\n', Makefile: 'train:\npredict:\n' }, { formatMerge })
    expect(read(world, 'mlops.mk')).toBe('train:\npredict:\n')
    move(world, { 'a.py': 'a\n' }, { formatMerge })
    expect(snapshot(world)).toMatchObject(before)
    expect(snapshot(world)).not.toHaveProperty('mlops.mk')
  })

  test('a lock of git’s line endings is read as well', () => {
    move(world, { 'a.py': 'a\n' })
    const lock = lockOf(world)
    if (lock === null) throw new Error('no lock')
    expect(parseLock(renderLock(lock).replaceAll('\n', '\r\n'))).toEqual(lock)
  })
})
