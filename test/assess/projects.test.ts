import { describe, expect, test } from 'vitest'
import { assessRepository } from '../../src/assess/assess.ts'
import type { LevelNumber } from '../../src/layers/level.ts'
import type { Stack } from '../../src/layers/stack.ts'
import { renderProject } from '../../src/render/project.ts'
import { catalog, desired, stacksOf } from '../layers/real-projects.ts'
import { repositoryIn } from './memory.ts'

/** The project as it is once `make setup` has locked its environment, and its pipeline has run. */
function project(level: LevelNumber, stack: Stack) {
  const files = [...renderProject(catalog, desired(level, stack))].map(([path, { content }]) => [
    path,
    Buffer.from(content).toString('utf8'),
  ])
  const lock = stack.environment === 'pip' ? 'requirements.lock' : 'uv.lock'
  const ran = level < 3 ? {} : { 'dvc.lock': 'stages: {}\n' }
  return repositoryIn({ ...Object.fromEntries(files), [lock]: '', ...ran })
}

describe.each(catalog.levels.map(({ level }) => level))('a project made at level %d', (level) => {
  test.each(stacksOf(level))('is assessed as that, with %j', (stack) => {
    const { level: reached, parts } = assessRepository(project(level, stack))
    expect(parts.map(({ path }) => path)).toEqual([''])
    expect(reached).toBe(level)
    expect(parts.flatMap(({ traps }) => traps.map(({ trap }) => trap.title))).toEqual([])
  })
})

test.each([
  [['predict.py'], 'O1'],
  [['monitor.py', 'outcomes.py'], 'O2'],
  [['roi.py', 'roi.yaml'], 'O3'],
])('without %j a project of level 1 no longer meets %s', (gone, id) => {
  const files = [...renderProject(catalog, desired(1))]
    .filter(([path]) => !gone.some((name) => path.split('/').at(-1) === name))
    .map(([path, { content }]) => [path, Buffer.from(content).toString('utf8')])
  const judged = assessRepository(repositoryIn(Object.fromEntries(files))).parts.flatMap(
    (part) => part.judged,
  )
  expect(judged.find(({ criterion }) => criterion.id === id)?.score).toBe(0)
})
