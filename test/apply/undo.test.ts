import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { history } from '../../src/apply/history.ts'
import { recover } from '../../src/apply/recover.ts'
import { planUndo, undo } from '../../src/apply/undo.ts'
import { STATE_FOLDER } from '../../src/project/paths.ts'
import { lay, move, read, removeWorld, snapshot, WORLDS, type World } from '../plan/world.ts'
import { failingFs } from './failing-fs.ts'

describe.each(WORLDS)('undo, %s', (_, make) => {
  let world: World
  const undoLast = (conflicts: 'stop' | 'mine' = 'stop') => undo(world.root, { fs: world.fs, conflicts })
  beforeEach(() => {
    world = make()
  })
  afterEach(() => removeWorld(world))

  test('property ix and case 49: brings back every byte and mode, the state included', () => {
    move(world, {
      'a.py': 'a\n',
      'b.py': 'b\n',
      'dropped/c.py': 'c\n',
      'to-folder': 'x\n',
      'to-file/x': 'x\n',
    })
    lay(world, { 'a.py': 'mine\r\na\n', 'mine.txt': 'mine' })
    world.fs.chmodSync(join(world.root, 'b.py'), 0o600)
    world.fs.chmodSync(join(world.root, 'dropped'), 0o700)
    const before = snapshot(world)
    move(world, {
      'a.py': 'a\nb\n',
      'b.py': 'bb\n',
      'new/d.py': 'd\n',
      'to-folder/x': 'x\n',
      'to-file': 'x\n',
    })
    undoLast()
    expect(snapshot(world)).toEqual(before)
  })

  test('goes back through at least the last ten applies, one by one', () => {
    const states = [snapshot(world)]
    for (let number = 1; number <= 12; number++) {
      move(world, { 'a.py': `${number}\n` })
      states.push(snapshot(world))
    }
    for (let back = 1; back <= 10; back++) {
      undoLast()
      expect(snapshot(world)).toEqual(states.at(-1 - back))
    }
  })

  test('says what can be undone, and what undoing would do, and writes nothing for it', () => {
    move(world, { 'a.py': 'a\n', 'b.py': 'b\n' }, { title: 'create at level 1' })
    move(world, { 'a.py': 'aa\n', 'c.py': 'c\n' }, { title: 'upgrade to level 2' })
    expect(history(world.root, world.fs).map(({ title }) => title)).toEqual([
      'create at level 1',
      'upgrade to level 2',
    ])
    const before = snapshot(world)
    expect(planUndo(world.root, world.fs)).toMatchObject({
      title: 'upgrade to level 2',
      changes: [
        { kind: 'restore', path: 'a.py' },
        { kind: 'bring back', path: 'b.py' },
        { kind: 'remove', path: 'c.py' },
        { kind: 'restore', path: 'mlops.lock' },
      ],
      conflicts: [],
    })
    expect(snapshot(world)).toEqual(before)
  })

  test('of the first create leaves nothing of ours', () => {
    const inside = { ...world, root: join(world.root, 'deep/project') }
    move(inside, { 'a.py': 'a\n', 'src/b.py': 'b\n' })
    undo(inside.root, { fs: world.fs })
    expect(world.fs.readdirSync(world.root)).toEqual([])
  })

  test('of the first create leaves the files of the user, and their folder', () => {
    const inside = { ...world, root: join(world.root, 'project') }
    move(inside, { 'a.py': 'a\n', 'src/b.py': 'b\n' })
    lay(inside, { 'src/mine.py': 'mine\n' })
    undo(inside.root, { fs: world.fs })
    expect(Object.keys(snapshot(inside))).toEqual(['src/', 'src/mine.py'])
    expect(world.fs.existsSync(join(inside.root, STATE_FOLDER))).toBe(false)
  })

  test('removes a large file that was copied in, unless the user changed it', () => {
    lay(world, { '../big.csv': '1\n' })
    const copies = [{ path: 'data/raw.csv', from: join(world.root, '../big.csv') }]
    move(world, { 'a.py': 'a\n' }, { copies })
    undoLast()
    expect(world.fs.existsSync(join(world.root, 'data'))).toBe(false)
  })

  describe('after the user changed a file', () => {
    beforeEach(() => {
      move(world, { 'a.py': 'a\n', 'b.py': 'b\n' })
      move(world, { 'a.py': 'aa\n', 'b.py': 'bb\n' })
      lay(world, { 'a.py': 'mine\n' })
    })

    test('is refused for each such file, and nothing is undone', () => {
      const before = snapshot(world)
      expect(planUndo(world.root, world.fs).conflicts).toEqual(['a.py'])
      expect(() => undoLast()).toThrow(expect.objectContaining({ exitCode: 3 }))
      expect(snapshot(world)).toEqual(before)
    })

    test('leaves that file alone when asked to, and undoes the rest', () => {
      undoLast('mine')
      expect([read(world, 'a.py'), read(world, 'b.py')]).toEqual(['mine\n', 'b\n'])
    })

    test('a file that the user has put back by hand is no conflict', () => {
      lay(world, { 'a.py': 'a\n' })
      undoLast()
      expect([read(world, 'a.py'), read(world, 'b.py')]).toEqual(['a\n', 'b\n'])
    })
  })

  test('a folder that took the place of a file is not removed with files of the user in it', () => {
    move(world, { metrics: 'a\n' })
    move(world, { 'metrics/a.py': 'a\n' })
    lay(world, { 'metrics/mine.py': 'mine\n' })
    expect(planUndo(world.root, world.fs).conflicts).toEqual(['metrics'])
    expect(() => undoLast()).toThrow('metrics')
    expect(read(world, 'metrics/mine.py')).toBe('mine\n')
  })

  test('with nothing to undo says so', () => {
    expect(() => undoLast()).toThrow('there is nothing to undo')
  })

  test('with a damaged copy changes nothing', () => {
    move(world, { 'a.py': 'a\n' })
    move(world, { 'a.py': 'aa\n' })
    lay(world, { [`${STATE_FOLDER}/transactions/0002/old-0`]: 'damaged' })
    expect(() => undoLast()).toThrow('the copy of a.py that undo needs is missing or damaged')
    expect(read(world, 'a.py')).toBe('aa\n')
  })

  test('that fails at any step changes nothing', () => {
    const upgrade = () => move(world, { 'a.py': 'aa\n', 'new/c.py': 'c\n' })
    move(world, { 'a.py': 'a\n', 'dropped/b.py': 'b\n' })
    upgrade()
    const before = snapshot(world)
    let failures = 0
    for (let step = 0, reached = true; reached; step++) {
      const { fs, calls } = failingFs(world.fs, step, 'EACCES')
      try {
        undo(world.root, { fs })
        recover(world.root, world.fs)
        upgrade()
      } catch (error) {
        expect(String(error)).toContain('permission was denied')
        failures++
      }
      expect(snapshot(world), `failed at step ${step}`).toEqual(before)
      reached = calls() > step
    }
    expect(failures).toBeGreaterThan(20)
  })
})
