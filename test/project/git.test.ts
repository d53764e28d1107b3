import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { recordConflicts, refuseDirty } from '../../src/project/git.ts'
import { diskWorld, lay, move, plan, removeWorld, type World } from '../plan/world.ts'

const FILES = { 'a.py': 'a\n', 'b.py': 'b\n' }
const NEXT = { 'a.py': 'aa\n', 'b.py': 'b\n' }

describe('the state of files in git', () => {
  let world: World
  const git = (...command: string[]) =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...command], {
      cwd: world.root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const commit = () => {
    git('add', '-A')
    git('commit', '-qm', 'x')
  }
  beforeEach(() => {
    world = diskWorld()
    git('init', '-q')
    move(world, FILES)
    commit()
  })
  afterEach(() => removeWorld(world))

  test('committed files may be changed', async () => {
    await refuseDirty(world.root, plan(world, NEXT))
  })

  test('a planned file that is not committed is refused by name', async () => {
    lay(world, { 'a.py': 'mine\na\n' })
    const planned = plan(world, { 'a.py': 'a\nb\n' })
    await expect(refuseDirty(world.root, planned)).rejects.toThrow(
      'not committed to git, and about to be changed:\n  a.py',
    )
  })

  test('a planned file that git does not know is refused', async () => {
    git('rm', '-q', '--cached', 'a.py')
    git('commit', '-qm', 'x')
    await expect(refuseDirty(world.root, plan(world, NEXT))).rejects.toThrow('a.py')
  })

  test('a planned file that is staged is not committed yet', async () => {
    lay(world, { 'a.py': 'mine\n' })
    git('add', 'a.py')
    const planned = plan(world, NEXT, { conflicts: 'theirs' })
    await expect(refuseDirty(world.root, planned)).rejects.toThrow('a.py')
  })

  test('nor is one that is staged and then put back on disk', async () => {
    lay(world, { 'a.py': 'mine\n' })
    git('add', 'a.py')
    lay(world, { 'a.py': 'a\n' })
    await expect(refuseDirty(world.root, plan(world, NEXT))).rejects.toThrow('a.py')
  })

  test('nor is one that the last commit has and the index has not, be it ignored', async () => {
    lay(world, { '.gitignore': 'a.py\n' })
    commit()
    git('rm', '-q', '--cached', 'a.py')
    await expect(refuseDirty(world.root, plan(world, NEXT))).rejects.toThrow('a.py')
  })

  test('a planned file in a merge conflict is refused, once', async () => {
    git('checkout', '-qb', 'other')
    lay(world, { 'a.py': 'other\n' })
    commit()
    git('checkout', '-q', '-')
    lay(world, { 'a.py': 'mine\n' })
    commit()
    expect(() => git('merge', 'other')).toThrow()
    const planned = plan(world, NEXT, { conflicts: 'theirs' })
    await expect(refuseDirty(world.root, planned)).rejects.toThrow(/changed:\n {2}a\.py$/)
  })

  test('a planned file that is only executable now is refused', async () => {
    chmodSync(join(world.root, 'a.py'), 0o755)
    await expect(refuseDirty(world.root, plan(world, NEXT))).rejects.toThrow('a.py')
  })

  test('a planned file that was written again as it was is committed', async () => {
    utimesSync(join(world.root, 'a.py'), 1, 1)
    await refuseDirty(world.root, plan(world, NEXT))
  })

  test('a planned file that git ignores may be changed', async () => {
    git('rm', '-q', '--cached', 'a.py')
    lay(world, { '.gitignore': 'a.py\n' })
    commit()
    await refuseDirty(world.root, plan(world, NEXT))
  })

  test('in a repository without a commit, every file is refused', async () => {
    rmSync(join(world.root, '.git'), { recursive: true })
    git('init', '-q')
    await expect(refuseDirty(world.root, plan(world, NEXT))).rejects.toThrow('a.py')
    git('add', '-A')
    await expect(refuseDirty(world.root, plan(world, NEXT))).rejects.toThrow('a.py')
  })

  test('case 50: other files may be as dirty as they like', async () => {
    lay(world, { 'b.py': 'mine\n', 'untracked.txt': 'x' })
    git('add', 'b.py')
    await refuseDirty(world.root, plan(world, NEXT))
  })

  test('case 50: a git that fails is no clean git', async () => {
    writeFileSync(join(world.root, '.git/index'), 'damaged')
    await expect(refuseDirty(world.root, plan(world, NEXT))).rejects.toThrow('git cannot tell whether')
  })

  test('case 20: the project may be a subfolder of the repository', async () => {
    const inside = { ...world, root: join(world.root, 'sub/project') }
    move(inside, FILES)
    commit()
    await refuseDirty(inside.root, plan(inside, NEXT))
    lay(inside, { 'a.py': 'mine\n' })
    const planned = plan(inside, NEXT, { conflicts: 'theirs' })
    await expect(refuseDirty(inside.root, planned)).rejects.toThrow(/changed:\n {2}a\.py$/)
  })

  test('case 48: a worktree is a repository too', async () => {
    const inside = { ...world, root: join(world.root, '../worktree') }
    git('worktree', 'add', '-q', inside.root)
    lay(inside, { 'a.py': 'mine\n' })
    const planned = plan(inside, NEXT, { conflicts: 'theirs' })
    await expect(refuseDirty(inside.root, planned)).rejects.toThrow('a.py')
  })

  test('names with spaces, quotes, line breaks and wildcards are just names', async () => {
    const odd = { 'a b.py': 'x\n', 'q"\'\n.py': 'x\n', '[ab]*.py': 'x\n', 'ü.py': 'x\n' }
    move(world, { ...FILES, ...odd })
    commit()
    lay(world, { 'a b.py': 'mine\n', 'ü.py': 'mine\n' })
    const next = Object.fromEntries(Object.keys(odd).map((path) => [path, 'y\n']))
    const planned = plan(world, { ...FILES, ...next }, { conflicts: 'theirs' })
    await expect(refuseDirty(world.root, planned)).rejects.toThrow(/changed:\n {2}a b\.py\n {2}ü\.py$/)
  })

  test('outside of a repository nothing is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'create-mlops-no-git-'))
    mkdirSync(join(folder, 'project'))
    const outside = { ...world, root: join(folder, 'project') }
    move(outside, FILES)
    lay(outside, { 'a.py': 'mine\n' })
    await refuseDirty(outside.root, plan(outside, NEXT, { conflicts: 'theirs' }))
    rmSync(folder, { recursive: true })
  })

  describe('markers', () => {
    const conflict = () => {
      lay(world, { 'a.py': 'mine\n' })
      commit()
      return move(world, NEXT, { conflicts: 'markers' })
    }

    test('are conflicts for git, with all three sides', async () => {
      await recordConflicts(world.root, conflict())
      expect(git('status', '--porcelain', 'a.py')).toBe('UU a.py\n')
      const sides = [1, 2, 3].map((stage) => git('show', `:${stage}:a.py`))
      expect(sides).toEqual(['a\n', 'mine\n', 'aa\n'])
    })

    test('case 48: are conflicts for git in a subfolder, and where git ignores the file', async () => {
      const inside = { ...world, root: join(world.root, 'sub') }
      lay(world, { '.gitignore': 'sub/a.py\n', 'sub/a.py': 'mine\n' })
      const planned = move(inside, { 'a.py': 'theirs\n' }, { conflicts: 'markers' })
      await recordConflicts(inside.root, planned)
      expect(git('status', '--porcelain', 'sub/a.py')).toBe('AA sub/a.py\n')
    })

    test('are resolved with git add', async () => {
      await recordConflicts(world.root, conflict())
      lay(world, { 'a.py': 'resolved\n' })
      git('add', 'a.py')
      expect(git('status', '--porcelain', 'a.py')).toBe('M  a.py\n')
    })
  })
})
