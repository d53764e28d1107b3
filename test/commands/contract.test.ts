import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { command, type Said } from './command.ts'

describe('a contract that a person has corrected', () => {
  let folder: string
  let moved: Said
  const corrected = () => readFileSync(join(folder, 'contract.yaml'), 'utf8')
  let before: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'contract-'))
    writeFileSync(join(folder, 'rows.csv'), rows())
    const flags = ['--data', 'rows.csv', '--target', 'outcome', '--yes', '--no-install', '--no-git']
    await command(folder, '.', '--name', 'corrected', ...flags)
    before = corrected().replace(/(name: kind\n\s+type: )numeric/, '$1categorical')
    expect(before).not.toBe(corrected())
    writeFileSync(join(folder, 'contract.yaml'), before)
    moved = await command(folder, 'upgrade', '--json')
  })

  it('stays as it is, and is no pending change: no template has another', () => {
    expect(moved.code, moved.stderr).toBe(0)
    expect(corrected()).toBe(before)
    const { changes } = JSON.parse(moved.stdout)
    const [about] = changes.filter(({ path }: { path: string }) => path === 'contract.yaml')
    expect(about).toMatchObject({ kind: 'keep' })
    expect(readFileSync(join(folder, 'mlops.lock'), 'utf8')).not.toContain('"pending"')
  })
})

function rows(): string {
  const lines = Array.from({ length: 200 }, (_, row) => `${row * 0.5},${row % 7},${row % 2 ? 'yes' : 'no'}`)
  return `size,kind,outcome\n${lines.join('\n')}\n`
}
