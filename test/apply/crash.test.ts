import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { isUnfinished, recover } from '../../src/apply/recover.ts'
import { undo } from '../../src/apply/undo.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { FileSystem } from '../../src/project/file-system.ts'
import { STATE_FOLDER } from '../../src/project/paths.ts'
import {
  apply,
  type Literal,
  lay,
  move,
  plan,
  removeWorld,
  snapshot,
  WORLDS,
  type World,
} from '../plan/world.ts'
import { dyingFs, Killed } from './failing-fs.ts'

const FIRST: Record<string, Literal> = {
  'same.py': 'same\n',
  'updated.py': 'one\n',
  'merged.py': '1\n2\n3\n',
  'dropped/deep/file.py': 'dropped\n',
  'file-to-folder': 'file\n',
  'folder-to-file/a.py': 'a\n',
  'old-name.py': 'name\n',
  'run.sh': 'run\n',
}

const SECOND: Record<string, Literal> = {
  'same.py': 'same\n',
  'updated.py': 'two\n',
  'merged.py': '1\n2\n3\n4\n',
  'file-to-folder/a.py': 'file\n',
  'folder-to-file': 'a\n',
  'new-name.py': 'name\n',
  'run.sh': { content: 'run\n', mode: 0o755 },
  'new/deep/file.py': 'new\n',
}

const RENAMES = new Map([['old-name.py', 'new-name.py']])

/** A project with every kind of change ahead of it. */
function scenario(make: () => World): { world: World; planned: Plan } {
  const world = make()
  move(world, FIRST)
  lay(world, { 'merged.py': 'mine\n1\n2\n3\n', 'dropped/mine.txt': 'mine\n' })
  return { world, planned: plan(world, SECOND, { renames: RENAMES }) }
}

/** Runs `work` on a disk that dies at the nth step; says whether it came to that. */
function killAt(world: World, nth: number, work: (fs: FileSystem) => void): boolean {
  const { fs } = dyingFs(world.fs, nth)
  try {
    work(fs)
    return false
  } catch (error) {
    if (error instanceof Killed || (error instanceof Error && error.cause instanceof Killed)) return true
    throw error
  }
}

describe.each(WORLDS)('case 44 and property v: killed at any durable step, %s', (place, make) => {
  let world: World
  afterEach(() => removeWorld(world))

  test('an apply is, after recovery, exactly not done or exactly done', () => {
    const outcomes = { before: 0, after: 0 }
    for (let step = 0, killed = true; killed; step++) {
      const prepared = scenario(make)
      world = prepared.world
      const before = snapshot(world)
      killed = killAt(world, step, (fs) => apply(world, prepared.planned, { fs }))
      recover(world.root, world.fs)
      const now = snapshot(world)
      expect(isUnfinished(world.root, world.fs)).toBe(false)
      if (killed && isEqual(now, before)) outcomes.before++
      else {
        expect(now, `killed at step ${step}`).toEqual(expectedAfter(make))
        outcomes.after++
      }
      removeWorld(world)
    }
    expect(outcomes.before).toBeGreaterThan(50)
    expect(outcomes.after).toBeGreaterThan(1)
  })

  test('an apply that works right after a crash is as if there had been none (case 45)', () => {
    for (let step = 3; step < 80; step += 7) {
      const prepared = scenario(make)
      world = prepared.world
      killAt(world, step, (fs) => apply(world, prepared.planned, { fs }))
      recover(world.root, world.fs)
      move(world, SECOND, { renames: RENAMES })
      expect(snapshot(world)).toEqual(expectedAfter(make))
      removeWorld(world)
    }
  })

  test('an undo is, after recovery, exactly not done or exactly done', () => {
    const stride = place === 'in memory' ? 1 : 5
    for (let step = 0, killed = true; killed; step += stride) {
      const prepared = scenario(make)
      world = prepared.world
      const before = snapshot(world)
      apply(world, prepared.planned)
      const after = snapshot(world)
      killed = killAt(world, step, (fs) => undo(world.root, { fs }))
      recover(world.root, world.fs)
      const now = snapshot(world)
      expect(isEqual(now, after) || isEqual(now, before), `killed at step ${step}`).toBe(true)
      removeWorld(world)
    }
  })

  test('a first create leaves nothing, not even a folder, or everything', () => {
    for (let step = 2, killed = true; killed; step++) {
      world = make()
      const inside = { fs: world.fs, root: join(world.root, 'new/project') }
      const planned = plan(inside, FIRST)
      killed = killAt(world, step, (fs) => apply(inside, planned, { fs }))
      recover(inside.root, world.fs)
      const files = Object.keys(snapshot(inside)).filter((path) => !path.endsWith('/'))
      expect([0, Object.keys(FIRST).length + 1], `killed at step ${step}`).toContain(files.length)
      const isStateLeft = world.fs.existsSync(join(inside.root, STATE_FOLDER))
      expect(isStateLeft, `killed at step ${step}`).toBe(files.length > 0)
      removeWorld(world)
    }
  })

  test('a recovery that is killed too is finished by the next one', () => {
    const [stride, recoveryStride] = place === 'in memory' ? [13, 2] : [37, 7]
    for (let step = 10; step < 140; step += stride) {
      for (let recoveryStep = 0, killed = true; killed; recoveryStep += recoveryStride) {
        const prepared = scenario(make)
        world = prepared.world
        const before = snapshot(world)
        killAt(world, step, (fs) => apply(world, prepared.planned, { fs }))
        killed = killAt(world, recoveryStep, (fs) => recover(world.root, fs))
        recover(world.root, world.fs)
        const now = snapshot(world)
        if (!isEqual(now, before)) expect(now, `${step}, ${recoveryStep}`).toEqual(expectedAfter(make))
        removeWorld(world)
      }
    }
  })
})

const expected = new Map<() => World, Record<string, string>>()

function expectedAfter(make: () => World): Record<string, string> {
  const known = expected.get(make)
  if (known !== undefined) return known
  const { world, planned } = scenario(make)
  apply(world, planned)
  const after = snapshot(world)
  removeWorld(world)
  expected.set(make, after)
  return after
}

function isEqual(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
