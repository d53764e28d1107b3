import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { recover } from '../../src/apply/recover.ts'
import { undo } from '../../src/apply/undo.ts'
import { operationsOf } from '../../src/plan/operations.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { LOCK_FILE } from '../../src/project/lock.ts'
import type { Tree } from '../../src/render/tree.ts'
import { apply, move, plan, removeWorld, snapshot, WORLDS, type World } from '../plan/world.ts'
import { dyingFs } from './failing-fs.ts'
import { answers, doEdits, type Edit, edits, layOutside, renderings } from './random-projects.ts'

/** As many as a developer waits for; CI runs more. */
const RUNS = { numRuns: process.env.CI === undefined ? 100 : 1000 }
vi.setConfig({ testTimeout: 180_000 })

describe.each(WORLDS)('for any base, edits and new rendering, %s', (_, make) => {
  const inWorld = (work: (world: World) => void) => {
    const world = make()
    try {
      work(world)
    } finally {
      removeWorld(world)
    }
  }

  /** A project that was generated and then edited. */
  const edited = (world: World, base: Tree, list: readonly Edit[]) => {
    move(world, base)
    doEdits(world, list)
  }

  test('property i: what nobody edited becomes what a fresh project would be', () => {
    const holds = fc.property(renderings, renderings, (base, theirs) => {
      inWorld((world) => {
        move(world, base)
        move(world, theirs)
        inWorld((fresh) => {
          move(fresh, theirs)
          expect(snapshot(world)).toEqual(snapshot(fresh))
        })
      })
    })
    fc.assert(holds, RUNS)
  })

  test('property ii: an unchanged template leaves every byte of the user’s', () => {
    const holds = fc.property(renderings, edits, answers, (base, list, conflicts) => {
      inWorld((world) => {
        edited(world, base, list)
        const before = snapshot(world)
        move(world, base, { conflicts })
        expect(withoutLock(snapshot(world))).toEqual(withoutLock(before))
      })
    })
    fc.assert(holds, RUNS)
  })

  test('property iii: no line that the user added is lost', () => {
    const holds = fc.property(renderings, edits, renderings, (base, list, theirs) => {
      inWorld((world) => {
        edited(world, base, list)
        const before = snapshot(world)
        const planned = plan(world, theirs, { conflicts: 'markers' })
        if (planned.conflicts.length > 0) return
        apply(world, planned)
        const after = snapshot(world)
        for (const [path, content] of Object.entries(before))
          for (const line of mineIn(content)) expect(after[path]?.split(/\r?\n/), path).toContain(line)
      })
    })
    fc.assert(holds, RUNS)
  })

  test('property iv: upgrading twice is upgrading once', () => {
    const holds = fc.property(renderings, edits, renderings, answers, (base, list, theirs, conflicts) => {
      inWorld((world) => {
        edited(world, base, list)
        const planned = plan(world, theirs, { conflicts })
        if (planned.conflicts.length > 0) return
        apply(world, planned)
        expect(pathsToWrite(plan(world, theirs))).toEqual([])
      })
    })
    fc.assert(holds, RUNS)
  })

  test('property v: killed at any step, it is done or not done', () => {
    const holds = fc.property(renderings, edits, renderings, fc.nat(100), (base, list, theirs, step) => {
      inWorld((world) => {
        edited(world, base, list)
        const before = snapshot(world)
        const planned = plan(world, theirs, { conflicts: 'mine' })
        if (planned.conflicts.length > 0) return
        try {
          apply(world, planned, { fs: dyingFs(world.fs, step).fs })
        } catch {
          recover(world.root, world.fs)
        }
        const now = snapshot(world)
        if (isEqual(now, before)) return
        expect(pathsToWrite(plan(world, theirs))).toEqual([])
      })
    })
    fc.assert(holds, RUNS)
  })

  test('property vi: the plan is what happens, and nothing else', () => {
    const holds = fc.property(renderings, edits, renderings, answers, (base, list, theirs, conflicts) => {
      inWorld((world) => {
        edited(world, base, list)
        const before = snapshot(world)
        const planned = plan(world, theirs, { conflicts })
        if (planned.conflicts.length > 0) return
        apply(world, planned)
        expect(changedFiles(before, snapshot(world)).sort()).toEqual(pathsToWrite(planned).sort())
      })
    })
    fc.assert(holds, RUNS)
  })

  test('property vii: nothing outside the project changes', () => {
    const holds = fc.property(renderings, edits, renderings, answers, (base, list, theirs, conflicts) => {
      inWorld((world) => {
        const outside = layOutside(world)
        const before = snapshot(outside)
        edited(world, base, list)
        const planned = plan(world, theirs, { conflicts })
        if (planned.conflicts.length === 0) apply(world, planned)
        expect(snapshot(outside)).toEqual(before)
      })
    })
    fc.assert(holds, RUNS)
  })

  test('property viii: up through all levels and down again, an unedited project is as a fresh one', () => {
    const levels = fc.array(renderings, { minLength: 5, maxLength: 5 })
    const holds = fc.property(levels, (trees) => {
      inWorld((world) => {
        for (const level of [...trees, ...trees.slice(0, -1).reverse()]) {
          move(world, level)
          inWorld((fresh) => {
            move(fresh, level)
            expect(snapshot(world)).toEqual(snapshot(fresh))
          })
        }
      })
    })
    fc.assert(holds, RUNS)
  })

  test('property ix: undo brings back every byte and mode', () => {
    const holds = fc.property(renderings, edits, renderings, answers, (base, list, theirs, conflicts) => {
      inWorld((world) => {
        edited(world, base, list)
        const before = snapshot(world)
        const planned = plan(world, theirs, { conflicts })
        if (planned.conflicts.length > 0 || pathsToWrite(planned).length === 0) return
        apply(world, planned)
        undo(world.root, { fs: world.fs })
        expect(snapshot(world)).toEqual(before)
      })
    })
    fc.assert(holds, RUNS)
  })
})

function pathsToWrite(planned: Plan): string[] {
  return operationsOf(planned).map(({ path }) => path)
}

function withoutLock({ [LOCK_FILE]: _, ...rest }: Record<string, string>): Record<string, string> {
  return rest
}

/** The lines that only a user writes. */
function mineIn(content: string): string[] {
  return content.split(/\r?\n/).filter((line) => line.startsWith('mine '))
}

function changedFiles(before: Record<string, string>, after: Record<string, string>): string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...paths].filter((path) => !path.endsWith('/') && before[path] !== after[path])
}

function isEqual(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
