import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { history } from '../../src/apply/history.ts'
import { recover } from '../../src/apply/recover.ts'
import { diskWorld, move, removeWorld, snapshot } from '../plan/world.ts'
import { manyFiles } from './many-files.ts'

const KILLS = 12
const folder = mkdtempSync(join(tmpdir(), 'create-mlops-child-'))
const script = join(folder, 'apply.mjs')

beforeAll(async () => {
  const input = fileURLToPath(new URL('./apply-in-child.ts', import.meta.url))
  const bundle = await rolldown({ input, platform: 'node' })
  await bundle.write({ file: script, format: 'esm' })
  await bundle.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

test('case 44: a process that is really killed leaves all of it, after recovery, or nothing', async () => {
  const after = projectAfter()
  for (let kill = 0; kill < KILLS; kill++) {
    const world = diskWorld()
    move(world, manyFiles('first'))
    const before = snapshot(world)
    const child = spawn(process.execPath, [script, world.root], { stdio: ['ignore', 'pipe', 'inherit'] })
    await killAfter(child, kill * 3)
    recover(world.root)
    expect([before, after]).toContainEqual(snapshot(world))
    removeWorld(world)
  }
})

test('of processes that apply at once, one does it, and the others find it done or say why not', async () => {
  const after = projectAfter()
  for (let round = 0; round < 3; round++) {
    const world = diskWorld()
    move(world, manyFiles('first'))
    const children = [1, 2, 3].map(() => spawn(process.execPath, [script, world.root], { stdio: 'pipe' }))
    const outcomes = await Promise.all(children.map(outcomeOf))
    expect(outcomes).toContain('done')
    for (const outcome of outcomes)
      expect(outcome).toMatch(/^done$|is changing this project|was changed while/)
    expect(snapshot(world)).toEqual(after)
    expect(history(world.root)).toHaveLength(2)
    removeWorld(world)
  }
})

async function outcomeOf(child: ChildProcess): Promise<string> {
  let errors = ''
  child.stderr?.on('data', (data) => {
    errors += data
  })
  const [code] = await once(child, 'close')
  return code === 0 ? 'done' : errors
}

function projectAfter(): Record<string, string> {
  const world = diskWorld()
  move(world, manyFiles('first'))
  move(world, manyFiles('second'))
  const after = snapshot(world)
  removeWorld(world)
  return after
}

/** Kills a process so many milliseconds after it began to apply, and waits until it is gone. */
async function killAfter(child: ChildProcess, milliseconds: number): Promise<void> {
  const isGone = once(child, 'exit')
  if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), isGone])
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  child.kill('SIGKILL')
  await isGone
}
