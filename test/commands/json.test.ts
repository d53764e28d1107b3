import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { command, type Said } from './command.ts'

const DATA = ['--data', resolve('test/fixtures/german-credit.csv'), '--target', 'Target']

let folder: string
let root: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'json-'))
  root = join(folder, 'credit')
  await command(folder, 'credit', ...DATA, '--level', '1', '--no-git', '--no-install')
})

afterEach(() => rmSync(folder, { recursive: true }))

describe('with --json, standard output is one document', () => {
  test('of the plan and the error, when a conflict stops the move', async () => {
    appendFileSync(join(root, 'docs/level.md'), '\nMine.\n')
    const { code, changes, error } = documentOf(await command(root, 'upgrade', '--json'))
    expect(code).toBe(3)
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'conflict', path: 'docs/level.md' }))
    expect(error).toMatchObject({ exitCode: 3 })
  })

  test('of the plan and the error, when an undo finds files that were changed since', async () => {
    writeFileSync(join(root, 'Makefile'), 'mine\n')
    const { code, conflicts, error } = documentOf(await command(root, 'undo', '--json'))
    expect(code).toBe(3)
    expect(conflicts).toEqual(['Makefile'])
    expect(error).toMatchObject({ exitCode: 3 })
  })

  test('of the error alone, when there is nothing else to tell', async () => {
    expect(documentOf(await command(root, 'upgrade', '--to', '9', '--json'))).toMatchObject({
      code: 2,
      error: { message: '--to is "9", expected a number from 1 to 5' },
    })
  })
})

function documentOf({ code, stdout }: Said) {
  return { code, ...JSON.parse(stdout) }
}
