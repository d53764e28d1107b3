import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { CREDIT, createProject } from './projects.ts'
import { createMlops, make, type Ran, run } from './run.ts'

const OWN_FILE = 'def mine() -> int:\n    return 1\n'
const OWN_TARGET = '\n.PHONY: mine\nmine: ## my own target\n\t@echo mine\n'

/** What the user changes on the first day, by path: looked for at the end. */
const EDITS: Record<string, string> = {
  'src/model/model.py': '# my own model\n',
  'src/model/metrics.py': '# my own metric\n',
  'README.md': 'My own sentence.\n',
  '.gitignore': '/my-own-folder/\n',
  Makefile: OWN_TARGET,
  'docs/level.md': 'What my team thinks of it.\n',
}

/** The upgrade adds lines where the user's are. */
const CONFLICT = 'docs/level.md'

describe("a user's day in a git repository", () => {
  let project: string

  beforeAll(() => {
    project = createProject(CREDIT, {}, '--level', '1')
    for (const [path, text] of Object.entries(EDITS)) edit(path, text)
    const pyproject = join(project, 'pyproject.toml')
    const requirements = readFileSync(pyproject, 'utf8')
    writeFileSync(
      pyproject,
      requirements.replace('dependencies = [\n', 'dependencies = [\n    "tqdm>=4.66,<5",\n'),
    )
    rmSync(join(project, 'RCA.md'))
    writeFileSync(join(project, 'notes.md'), 'my own notes\n')
    writeFileSync(join(project, 'src/model/mine.py'), OWN_FILE)
    commit('My own edits')
  })

  test('a dry run of the upgrade says what will happen, and changes nothing', () => {
    const dry = mlops('upgrade', '--dry-run')
    expect(dry.code, dry.output).toBe(3)
    expect(dry.output).toMatch(/CONFLICT\s+docs\/level\.md/)
    expect(dry.output).toMatch(/merge\s+Makefile/)
    expect(dry.output).toMatch(/merge\s+README\.md/)
    expect(status()).toEqual([])
  })

  test('the upgrade stops at the conflict and changes nothing', () => {
    const stopped = mlops('upgrade')
    expect(stopped.code, stopped.output).toBe(3)
    expect(status()).toEqual([])
  })

  test('an upgrade with markers can be taken back, in the index of git as well', () => {
    expect(mlops('upgrade', '--conflicts', 'markers').code).toBe(0)
    const undone = mlops('undo')
    expect(undone.code, undone.output).toBe(0)
    expect(status()).toEqual([])
  })

  test('with markers, only what the plan announced changes, and git knows of the conflict', () => {
    const announced = changesOf(mlops('upgrade', '--conflicts', 'markers', '--dry-run', '--json'))
    const upgraded = mlops('upgrade', '--conflicts', 'markers')
    expect(upgraded.code, upgraded.output).toBe(0)
    expect(run(project, 'git', ['diff', '--name-only', '--diff-filter=U']).stdout.trim()).toBe(CONFLICT)
    for (const path of status()) expect([...announced, 'mlops.lock', 'uv.lock']).toContain(path)
    const conflicted = readFileSync(join(project, CONFLICT), 'utf8')
    writeFileSync(join(project, CONFLICT), conflicted.replace(/^(<{7}|={7}|>{7}|\|{7}).*\n/gm, ''))
    commit('Upgrade to level 2')
    expectEdits()
  })

  test('another option, and back by undo: git sees no difference', () => {
    edit('src/model/features.py', '# more work\n')
    commit('More work')
    const set = mlops('set', 'environment=pip')
    expect(set.code, set.output).toBe(0)
    expect(status()).not.toEqual([])
    const undone = mlops('undo')
    expect(undone.code, undone.output).toBe(0)
    expect(status()).toEqual([])
  })

  test('down and up again', () => {
    const before = readFileSync(join(project, 'README.md'), 'utf8')
    const down = mlops('upgrade', '--to', '1', '--conflicts', 'mine')
    expect(down.code, down.output).toBe(0)
    commit('Down')
    expectEdits()
    const up = mlops('upgrade', '--conflicts', 'mine')
    expect(up.code, up.output).toBe(0)
    commit('Up')
    expectEdits()
    expect(readFileSync(join(project, 'README.md'), 'utf8')).toBe(before)
  })

  test("the project's own checks pass, and its own commands work", () => {
    const checked = make(project, 'setup', 'train', 'check')
    expect(checked.code, checked.output).toBe(0)
    expect(make(project, 'mine').stdout).toContain('mine')
  })

  function mlops(...args: string[]): Ran {
    return createMlops(project, ...args)
  }

  function edit(path: string, text: string): void {
    appendFileSync(join(project, path), text)
  }

  function commit(message: string): void {
    run(project, 'git', ['add', '--all'])
    const committed = run(project, 'git', ['commit', '--quiet', '--no-verify', '--message', message])
    expect(committed.code, committed.output).toBe(0)
  }

  /** The paths that git sees changed. */
  function status(): string[] {
    const { stdout } = run(project, 'git', ['status', '--porcelain', '--untracked-files=all'])
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.slice(3))
  }

  function expectEdits(): void {
    for (const [path, text] of Object.entries(EDITS))
      for (const line of text.split('\n'))
        expect(readFileSync(join(project, path), 'utf8'), path).toContain(line)
    expect(readFileSync(join(project, 'pyproject.toml'), 'utf8')).toContain('"tqdm>=4.66,<5"')
    expect(readFileSync(join(project, 'src/model/mine.py'), 'utf8')).toBe(OWN_FILE)
    expect(existsSync(join(project, 'RCA.md'))).toBe(false)
  }
})

function changesOf(ran: Ran): string[] {
  return JSON.parse(ran.stdout).changes.map((change: { path: string }) => change.path)
}
