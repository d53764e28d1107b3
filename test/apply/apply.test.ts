import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { history } from '../../src/apply/history.ts'
import { isUnfinished, recover } from '../../src/apply/recover.ts'
import { planUndo, undo } from '../../src/apply/undo.ts'
import { KnownError } from '../../src/errors.ts'
import { readDisk } from '../../src/plan/disk.ts'
import { planMove } from '../../src/plan/plan.ts'
import { STATE_FOLDER } from '../../src/project/paths.ts'
import {
  apply,
  lay,
  move,
  plan,
  read,
  removeWorld,
  snapshot,
  summary,
  tree,
  WORLDS,
  type World,
} from '../plan/world.ts'
import { failingFs, interferingFs } from './failing-fs.ts'

const FILES = { 'a.py': 'a\n', 'src/b.py': 'b\n', 'run.sh': { content: 'run\n', mode: 0o755 as const } }

describe.each(WORLDS)('applying a plan, %s', (_, make) => {
  let world: World
  const state = (...names: string[]) => join(world.root, STATE_FOLDER, ...names)
  beforeEach(() => {
    world = make()
  })
  afterEach(() => removeWorld(world))

  test('makes a missing folder, and the folders above it', () => {
    const inside = { ...world, root: join(world.root, 'deep/project') }
    move(inside, FILES)
    expect(Object.keys(snapshot(inside))).toEqual(['a.py', 'mlops.lock', 'run.sh', 'src/', 'src/b.py'])
  })

  test('case 4: when it fails, a folder that was missing is missing again, and one that was there stays', () => {
    lay(world, { 'mine.txt': 'mine\n' })
    const before = snapshot(world)
    const inside = { ...world, root: join(world.root, 'deep/project') }
    const planned = plan(inside, FILES)
    for (let step = 0; step < 40; step++) {
      const { fs } = failingFs(world.fs, step, 'ENOSPC')
      const hasIgnoredIt = isDone(() => apply(inside, planned, { fs }), 'ENOSPC')
      if (hasIgnoredIt) undo(inside.root, { fs: world.fs })
      expect(snapshot(world), `failed at step ${step}`).toEqual(before)
    }
  })

  test.each(['ENOSPC', 'EACCES', 'EROFS', 'EIO'])(
    'case 5 and 8: whatever fails with %s, at any step, the files are what they were',
    (code) => {
      move(world, FILES)
      lay(world, { 'a.py': 'mine\na\n', 'src/mine.py': 'mine\n' })
      const planned = plan(world, { 'a.py': 'a\nb\n', 'c/d.py': 'new\n', 'run.sh': 'run\n' })
      const before = snapshot(world)
      let step = 0
      for (let reached = true; reached; step++) {
        const { fs, calls } = failingFs(world.fs, step, code)
        const hasIgnoredIt = isDone(() => apply(world, planned, { fs }), code)
        if (hasIgnoredIt) undo(world.root, { fs: world.fs })
        expect(snapshot(world), `failed at step ${step}`).toEqual(before)
        reached = calls() > step
      }
      expect(step).toBeGreaterThan(30)
    },
  )

  test('says which file could not be written, why, and what to do', () => {
    const { fs } = failingFs(world.fs, 0, 'ENOSPC')
    expect(() => apply(world, plan(world, FILES), { fs })).toThrow(
      expect.objectContaining({
        message: `cannot write in ${world.root}: the disk is full (/some/file)`,
        hint: 'Nothing was changed. Make room and run the command again.',
        exitCode: 1,
      }),
    )
  })

  test('a root that is a file is refused', () => {
    lay(world, { file: 'x' })
    const inside = { ...world, root: join(world.root, 'file') }
    expect(() => apply(inside, planAnything(inside))).toThrow('is no folder')
  })

  test('a file that was saved between plan and apply is not overwritten', () => {
    move(world, FILES)
    const planned = plan(world, { ...FILES, 'a.py': 'new\n', 'z.py': 'z\n' })
    lay(world, { 'a.py': 'saved\n' })
    const before = snapshot(world)
    expect(() => apply(world, planned)).toThrow('a.py was changed while create-mlops was at work')
    expect(snapshot(world)).toEqual(before)
  })

  test('a file that appeared between plan and apply is not overwritten', () => {
    const planned = plan(world, FILES)
    lay(world, { 'src/b.py': 'mine\n' })
    expect(() => apply(world, planned)).toThrow('src/b.py was changed')
    expect(Object.keys(snapshot(world))).toEqual(['src/', 'src/b.py'])
  })

  test('what the user saves at any moment of an apply is never lost', () => {
    for (let step = 0, interfered = true; interfered; step++) {
      const place = make()
      move(place, FILES)
      const planned = plan(place, { 'a.py': 'new\n', 'src/b.py': 'new\n', 'run.sh': 'run\n' })
      interfered = false
      const { fs } = interferingFs(place.fs, step, () => {
        interfered = true
        lay(place, { 'a.py': 'saved\n' })
      })
      try {
        apply(place, planned, { fs })
      } catch (error) {
        expect(String(error)).toContain('a.py was changed')
      }
      if (interfered) expect(read(place, 'a.py'), `saved at step ${step}`).toBe('saved\n')
      removeWorld(place)
    }
  })

  test('nothing at all is written when there is nothing to do', () => {
    move(world, FILES)
    const planned = plan(world, FILES)
    const { fs, calls } = failingFs(world.fs, 0, 'EACCES')
    expect(apply(world, planned, { fs })).toEqual([])
    expect(calls()).toBe(0)
  })

  test('case 51: planning, also an undo, writes nothing', () => {
    move(world, FILES)
    lay(world, { 'a.py': 'mine\n' })
    const { fs, calls } = failingFs(world.fs, 0, 'EACCES')
    const readOnly = { ...world, fs: fs as World['fs'] }
    plan(readOnly, { ...FILES, 'a.py': 'new\n' }, { conflicts: 'markers' })
    planUndo(world.root, fs)
    history(world.root, fs)
    isUnfinished(world.root, fs)
    expect(calls()).toBe(0)
  })

  test('property vi and case 52: what is done is what the plan says', () => {
    move(world, FILES)
    const planned = plan(world, { 'a.py': 'new\n', 'c.py': 'c\n' })
    const done = apply(world, planned).map(({ path }) => path)
    expect(done.sort()).toEqual(['mlops.lock', ...planned.changes.map(({ path }) => path)].sort())
  })

  test('tells how far it is', () => {
    const seen: string[] = []
    apply(world, plan(world, FILES), {
      onProgress: ({ path, done, total }) => seen.push(`${done}/${total} ${path}`),
    })
    expect(seen).toEqual(['1/4 a.py', '2/4 run.sh', '3/4 src/b.py', '4/4 mlops.lock'])
  })

  test('our own folder is ignored by git', () => {
    move(world, FILES)
    expect(world.fs.readFileSync(state('.gitignore'), 'utf8')).toBe('*\n')
  })

  test('our own folder is never a link', () => {
    lay(world, { [STATE_FOLDER]: { link: '/tmp' } })
    expect(() => move(world, FILES)).toThrow(`${STATE_FOLDER} is to be a folder`)
  })

  describe('large files of the user’s', () => {
    const copies = () => [{ path: 'data/raw.csv', from: join(world.root, '../big.csv') }]

    test('are copied into the project, and not written again', () => {
      lay(world, { '../big.csv': '1,2\n' })
      expect(summary(move(world, FILES, { copies: copies() }))).toContain('copy data/raw.csv')
      expect(read(world, 'data/raw.csv')).toBe('1,2\n')
      expect(apply(world, plan(world, FILES, { copies: copies() }))).toEqual([])
    })

    test('are never put in the place of another file', () => {
      lay(world, { '../big.csv': '1,2\n', 'data/raw.csv': 'mine\n' })
      expect(plan(world, FILES, { copies: copies(), conflicts: 'theirs' }).conflicts).toMatchObject([
        { conflict: 'copy' },
      ])
      move(world, FILES, { copies: copies(), conflicts: 'mine' })
      expect(read(world, 'data/raw.csv')).toBe('mine\n')
    })

    test('stay when the project goes down a level', () => {
      lay(world, { '../big.csv': '1,2\n' })
      move(world, { ...FILES, 'data/README.md': 'x\n' }, { copies: copies() })
      move(world, FILES)
      expect(read(world, 'data/raw.csv')).toBe('1,2\n')
    })
  })

  describe('two at once', () => {
    const heldBy = (pid: number, host?: string) => {
      move(world, FILES)
      const holder = { pid, host: host ?? hostname() }
      lay(world, { [`${STATE_FOLDER}/lock`]: JSON.stringify(holder) })
    }
    const apply2 = () => move(world, { ...FILES, 'a.py': 'new\n' })

    test('the second is refused and changes nothing', () => {
      heldBy(process.ppid)
      expect(apply2).toThrow(
        `create-mlops (process ${process.ppid} on ${hostname()}) is changing this project`,
      )
      expect(read(world, 'a.py')).toBe('a\n')
    })

    test('the lock of another machine is respected', () => {
      heldBy(1, 'another-machine')
      expect(apply2).toThrow('process 1 on another-machine')
    })

    test('the lock of a dead process is taken over', () => {
      heldBy(2 ** 22 + 1)
      apply2()
      expect(read(world, 'a.py')).toBe('new\n')
      expect(world.fs.existsSync(state('lock'))).toBe(false)
    })
  })

  test('an unfinished run has to be settled first, and has its own exit code', () => {
    move(world, FILES)
    lay(world, { [`${STATE_FOLDER}/transactions/0002/new-0`]: 'half' })
    expect(() => move(world, { ...FILES, 'a.py': 'new\n' })).toThrow(expect.objectContaining({ exitCode: 4 }))
    recover(world.root, world.fs)
    move(world, { ...FILES, 'a.py': 'new\n' })
  })

  test('a damaged journal is reported, not guessed at', () => {
    lay(world, { [`${STATE_FOLDER}/transactions/0001/journal.json`]: '{"steps":[{"path":"../x"}]}' })
    expect(() => recover(world.root, world.fs)).toThrow('is damaged')
  })

  test('a file system without hard links will do', () => {
    const linkSync = () => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
    }
    const fs = Object.assign(Object.create(world.fs), { linkSync })
    const without = { ...world, fs }
    move(without, FILES)
    lay(world, { 'a.py': 'mine\na\n' })
    move(without, { 'a.py': 'a\nb\n' })
    expect(read(world, 'a.py')).toBe('mine\na\nb\n')
    expect(Object.keys(snapshot(world))).toEqual(['a.py', 'mlops.lock'])
  })

  test('case 56: on Windows a file that a scanner holds is tried again', () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32')
    let failures = 3
    const renameSync = (from: string, to: string) => {
      if (failures-- > 0) throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
      world.fs.renameSync(from, to)
    }
    move({ ...world, fs: Object.assign(Object.create(world.fs), { renameSync }) }, FILES)
    vi.restoreAllMocks()
    expect(read(world, 'a.py')).toBe('a\n')
  })

  test('property vii: nothing outside the project changes', () => {
    lay(world, { '../outside/a.py': 'outside\n', 'src/link': { link: '../../outside' } })
    const outside = { ...world, root: join(world.root, '../outside') }
    const before = snapshot(outside)
    move(world, { ...FILES, 'src/link/a.py': 'x\n' }, { conflicts: 'mine' })
    expect(snapshot(outside)).toEqual(before)
  })
})

function planAnything(world: World) {
  return planMove({
    version: '1',
    base: null,
    theirs: tree(FILES),
    disk: readDisk(world.fs, join(world.root, '../elsewhere')),
  })
}

/** Says whether an apply succeeded; a failure that a user can do something about is explained. */
function isDone(work: () => void, code: string): boolean {
  try {
    work()
    return true
  } catch (error) {
    expect(error instanceof KnownError, String(error)).toBe(code !== 'EIO')
    return false
  }
}
