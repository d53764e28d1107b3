import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { command } from './command.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'advise-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const ANSWERS =
  '--models=1 --releases=2 --requests=100 --label-delay=never --error-cost=low --retrain-cost=low --team=1'.split(
    ' ',
  )

describe('advise', () => {
  test('says the level, its reasons, what not to adopt yet, and the command', async () => {
    const { stdout, code } = await command(folder, 'advise', ...ANSWERS)
    expect(code).toBe(0)
    expect(stdout).toContain('Level 1 fits, manual')
    expect(stdout).toContain('monitoring is what pays')
    expect(stdout).toContain('level 4: CI/CD of models')
    expect(stdout).toContain('create-mlops my-model --level 1')
  })

  test('inside a project the command moves it', async () => {
    writeFileSync(join(folder, 'mlops.yaml'), 'level: 1\n')
    const { stdout } = await command(folder, 'advise', ...ANSWERS, '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      level: 1,
      command: 'create-mlops upgrade --to 1',
      situation: { labelDelay: 'never', team: 1 },
    })
  })

  test('without a terminal every missing answer is named', async () => {
    const { stderr, code } = await command(folder, 'advise', '--models=1', '--team=2')
    expect(code).toBe(2)
    expect(stderr).toContain(
      '--releases, --requests, --label-delay, --error-cost, --retrain-cost are missing',
    )
  })

  test.each([
    ['--team=0', '--team is "0", expected a number of people, at least 1'],
    ['--error-cost=huge', '--error-cost is "huge", expected low, medium, high'],
    ['--label-delay=late', '--label-delay is "late", expected a number of days, or never'],
  ])('%s is refused', async (flag, message) => {
    const { stderr, code } = await command(folder, 'advise', flag)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})
