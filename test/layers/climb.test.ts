import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applyPlan } from '../../src/apply/apply.ts'
import { undo } from '../../src/apply/undo.ts'
import type { LevelNumber } from '../../src/layers/level.ts'
import { readDisk } from '../../src/plan/disk.ts'
import { formatMerge } from '../../src/plan/formats/index.ts'
import { planMove } from '../../src/plan/plan.ts'
import { LOCK_FILE, parseLock } from '../../src/project/lock.ts'
import { renderProject } from '../../src/render/project.ts'
import { catalog, desired, stacksOf } from './real-projects.ts'

const levels = catalog.levels.map(({ level }) => level)
const highest = levels.at(-1) as LevelNumber

let root: string
let fresh: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'climb-'))
  fresh = mkdtempSync(join(tmpdir(), 'climb-'))
})

afterEach(() => {
  for (const folder of [root, fresh]) rmSync(folder, { recursive: true })
})

describe('property (viii): an untouched project that has moved is the same as a fresh one', () => {
  test('level by level up to the highest', () => {
    for (const level of levels) moveTo(root, level)
    moveTo(fresh, highest)
    expect(filesBelow(root)).toEqual(filesBelow(fresh))
  })

  test('level by level down to the first', () => {
    for (const level of [...levels].reverse()) moveTo(root, level)
    moveTo(fresh, 1)
    expect(filesBelow(root)).toEqual(filesBelow(fresh))
  })

  test.each(stacksOf(highest))('to another stack and back: %j', (stack) => {
    moveTo(root, highest)
    moveTo(root, highest, stack)
    moveTo(fresh, highest, stack)
    expect(filesBelow(root)).toEqual(filesBelow(fresh))
    moveTo(root, highest)
    moveTo(fresh, highest)
    expect(filesBelow(root)).toEqual(filesBelow(fresh))
  })

  test('every move can be undone, one by one', () => {
    const states = [filesBelow(root)]
    for (const level of [...levels, 1 as const]) {
      moveTo(root, level)
      states.push(filesBelow(root))
    }
    const different = states.filter(
      (state, index) => index === 0 || JSON.stringify(state) !== JSON.stringify(states[index - 1]),
    )
    for (const state of different.slice(0, -1).reverse()) {
      undo(root)
      if (Object.keys(state).length > 0) expect(filesBelow(root)).toEqual(state)
    }
    fs.mkdirSync(root, { recursive: true })
  })
})

function moveTo(folder: string, level: LevelNumber, stack: object = {}): void {
  const lockFile = join(folder, LOCK_FILE)
  const plan = planMove({
    version: '0.0.0-test',
    base: fs.existsSync(lockFile) ? parseLock(readFileSync(lockFile, 'utf8')) : null,
    theirs: renderProject(catalog, desired(level, { ...stack })),
    disk: readDisk(fs, folder),
    formatMerge,
  })
  expect(plan.conflicts).toEqual([])
  applyPlan(folder, plan)
}

/** Every file but our own state, with its mode and content. */
function filesBelow(folder: string): Record<string, string> {
  if (!fs.existsSync(folder)) return {}
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  const files = paths.filter(
    (path) => !path.startsWith('.create-mlops') && statSync(join(folder, path)).isFile(),
  )
  return Object.fromEntries(
    files.map((path) => [
      path,
      `${statSync(join(folder, path)).mode} ${readFileSync(join(folder, path), 'utf8')}`,
    ]),
  )
}
