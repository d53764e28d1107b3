import fs, { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applyPlan } from '../../src/apply/apply.ts'
import { isUnfinished } from '../../src/apply/recover.ts'
import type { LevelNumber } from '../../src/layers/level.ts'
import { readDisk } from '../../src/plan/disk.ts'
import { type Plan, planMove } from '../../src/plan/plan.ts'
import { LOCK_FILE, parseLock } from '../../src/project/lock.ts'
import { SETTINGS_FILE } from '../../src/project/settings.ts'
import { renderProject } from '../../src/render/project.ts'
import { dyingFs } from '../apply/failing-fs.ts'
import { catalog, desired } from '../layers/real-projects.ts'
import { command } from './command.ts'

const DATA = ['--data', resolve('test/fixtures/german-credit.csv'), '--target', 'Target']

let folder: string
let root: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interrupted-'))
  root = join(folder, 'credit')
})

afterEach(() => rmSync(folder, { recursive: true }))

describe('a command after one that was killed when nearly done', () => {
  test('upgrades what was there before, not what the killed upgrade had written', async () => {
    await create()
    killMoveTo(2)
    const upgraded = await command(root, 'upgrade')
    expect(upgraded.code, upgraded.stderr).toBe(0)
    expect(upgraded.stderr).toContain('An earlier run was interrupted')
    expect(upgraded.stdout).not.toContain('keep')
    const climbed = filesBelow(root)

    await command(root, 'undo')
    expect((await command(root, 'upgrade')).code).toBe(0)
    expect(climbed).toEqual(filesBelow(root))
  })

  test('creates again what was not created', async () => {
    killMoveTo(1)
    const created = await create()
    expect(created.code, created.stderr).toBe(0)
    expect(created.stderr).toContain('An earlier run was interrupted')
  })
})

function create() {
  return command(folder, 'credit', ...DATA, '--level', '1', '--no-git', '--no-install')
}

/** Moves the project on a disk that dies as late as possible: every file is written, and nothing is committed. */
function killMoveTo(level: LevelNumber): void {
  const before = join(folder, 'before')
  if (existsSync(root)) cpSync(root, before, { recursive: true })
  const counting = dyingFs(fs, Number.POSITIVE_INFINITY)
  applyPlan(root, planTo(level), { fs: counting.fs })
  for (let nth = counting.calls(); nth > 0; nth--) {
    rmSync(root, { recursive: true })
    if (existsSync(before)) cpSync(before, root, { recursive: true })
    killAt(nth, planTo(level))
    if (isUnfinished(root)) break
  }
  expect(readFileSync(join(root, SETTINGS_FILE), 'utf8')).toContain(`level: ${level}`)
}

function killAt(nth: number, plan: Plan): void {
  try {
    applyPlan(root, plan, { fs: dyingFs(fs, nth).fs })
  } catch {
    // What the killed process leaves behind is what matters.
  }
}

function planTo(level: LevelNumber): Plan {
  const lockFile = join(root, LOCK_FILE)
  return planMove({
    version: '0.0.0-test',
    base: existsSync(lockFile) ? parseLock(readFileSync(lockFile, 'utf8')) : null,
    theirs: renderProject(catalog, desired(level)),
    disk: readDisk(fs, root),
  })
}

function filesBelow(place: string): Record<string, string> {
  const paths = readdirSync(place, { recursive: true, encoding: 'utf8' }).sort()
  const files = paths.filter(
    (path) => !path.startsWith('.create-mlops') && statSync(join(place, path)).isFile(),
  )
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(place, path), 'utf8')]))
}
