import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { emptyLock } from '../../src/project/lock.ts'
import {
  apply,
  bytes,
  lay,
  lockOf,
  move,
  plan,
  read,
  removeWorld,
  snapshot,
  summary,
  WORLDS,
  type World,
} from './world.ts'

/** The file system in memory knows no umask. */
const EXECUTABLE = /^7[57][57]$/

describe.each(WORLDS)('write only where the file is as recorded; else merge or conflict, %s', (_, make) => {
  let world: World
  beforeEach(() => {
    world = make()
  })
  afterEach(() => removeWorld(world))

  test('case 16: an edited .env that git ignores is not overwritten', () => {
    move(world, { '.env': 'KEY=\n' })
    lay(world, { '.env': 'KEY=secret\n' })
    expect(plan(world, { '.env': 'KEY=\nOTHER=\n' }).conflicts).toHaveLength(1)
    expect(read(world, '.env')).toBe('KEY=secret\n')
  })

  test('case 17: an untracked file where the next level adds one is a conflict', () => {
    move(world, { 'a.py': 'a\n' })
    lay(world, { 'dvc.yaml': 'mine: 1\n' })
    expect(plan(world, { 'a.py': 'a\n', 'dvc.yaml': 'stages: {}\n' }).conflicts).toMatchObject([
      { path: 'dvc.yaml', conflict: 'both-added' },
    ])
  })

  test('case 17: the same file added by both sides is no conflict, and is managed from then on', () => {
    lay(world, { 'a.py': 'a\n' })
    expect(summary(move(world, { 'a.py': 'a\n' }))).toEqual([])
    expect(summary(move(world, { 'a.py': 'b\n' }))).toEqual(['update a.py'])
  })

  test('case 18: nothing is written beside a file that conflicts', () => {
    move(world, { 'a.txt': 'one\n' })
    lay(world, { 'a.txt': 'mine\n', 'a.txt.rej': 'my rejects\n', 'a.txt.orig': 'my original\n' })
    const names = world.fs.readdirSync(world.root)
    move(world, { 'a.txt': 'two\n' }, { conflicts: 'markers' })
    expect(world.fs.readdirSync(world.root)).toEqual(names)
    expect(read(world, 'a.txt.rej')).toBe('my rejects\n')
  })

  test('case 19: both sides added the file: markers hold all of both', () => {
    lay(world, { 'README.md': '# Mine\n\nText\n' })
    move(world, { 'README.md': '# Theirs\n\nText\n' }, { conflicts: 'markers' })
    expect(read(world, 'README.md')).toBe(
      '<<<<<<< yours\n# Mine\n||||||| as it was generated\n=======\n# Theirs\n>>>>>>> create-mlops\n\nText\n',
    )
  })

  test('case 21: a binary file that both sides changed is a conflict without markers', () => {
    const binary = (byte: number) => Uint8Array.of(0, 1, byte)
    move(world, { 'logo.png': { content: binary(1) } })
    lay(world, { 'logo.png': binary(2) })
    const planned = plan(world, { 'logo.png': { content: binary(3) } }, { conflicts: 'markers' })
    expect(planned.conflicts).toMatchObject([{ conflict: 'binary', answers: ['mine', 'theirs'] }])
    move(world, { 'logo.png': { content: binary(3) } }, { conflicts: 'theirs' })
    expect([...bytes(world.fs.readFileSync(join(world.root, 'logo.png')))]).toEqual([0, 1, 3])
  })

  test('case 21: text that is no UTF-8 counts as binary', () => {
    move(world, { 'a.txt': 'one\n' })
    lay(world, { 'a.txt': Uint8Array.of(0xe4, 0x0a) })
    expect(plan(world, { 'a.txt': 'two\n' }).conflicts).toMatchObject([{ conflict: 'binary' }])
  })

  test('case 22: the answer `mine` leaves the file alone', () => {
    lay(world, { 'a.py': 'mine\n' })
    expect(summary(move(world, { 'a.py': 'a\n' }, { conflicts: 'mine' }))).toEqual(['pending a.py'])
    expect(read(world, 'a.py')).toBe('mine\n')
  })

  test('case 23: without an answer nothing is applied', () => {
    lay(world, { 'a.py': 'mine\n' })
    const before = snapshot(world)
    expect(() => apply(world, plan(world, { 'a.py': 'a\n', 'b.py': 'b\n' }))).toThrow('a.py')
    expect(snapshot(world)).toEqual(before)
  })

  test('case 24: an answer about one file says nothing about another', () => {
    lay(world, { 'a.py': 'mine\n', 'b.py': 'mine\n' })
    const planned = plan(
      world,
      { 'a.py': 'a\n', 'b.py': 'b\n' },
      { resolutions: new Map([['a.py', 'theirs']]) },
    )
    expect(summary(planned)).toEqual(['update a.py', 'conflict b.py'])
  })

  test('case 25: a structured file that both sides have is merged by its format', () => {
    lay(world, { '.gitignore': 'mine\n' })
    const formatMerge = (_path: string, _base: string | null, yours: string, theirs: string) => yours + theirs
    expect(summary(move(world, { '.gitignore': 'theirs\n' }, { formatMerge }))).toEqual(['merge .gitignore'])
    expect(read(world, '.gitignore')).toBe('mine\ntheirs\n')
  })

  test.each([
    ['dangling', 'case 26'],
    ['live', 'case 27'],
  ])('a %s symlink is never written through (%s)', (kind) => {
    const outside = join(world.root, '../outside.txt')
    if (kind === 'live') world.fs.writeFileSync(outside, 'outside\n')
    lay(world, { 'a.py': { link: '../outside.txt' } })
    for (const conflicts of ['stop', 'theirs', 'markers'] as const)
      expect(plan(world, { 'a.py': 'a\n' }, { conflicts }).conflicts).toMatchObject([
        { conflict: 'not-a-file' },
      ])
    move(world, { 'a.py': 'a\n' }, { conflicts: 'mine' })
    expect(world.fs.readlinkSync(join(world.root, 'a.py'))).toBe('../outside.txt')
    expect(world.fs.existsSync(outside)).toBe(kind === 'live')
  })

  test('case 28: a symlinked parent folder is refused before the first write', () => {
    lay(world, { '../outside/mine.txt': 'mine\n', src: { link: '../outside' } })
    const planned = plan(world, { 'a.py': 'a\n', 'src/b.py': 'b\n' }, { conflicts: 'theirs' })
    expect(planned.conflicts).toMatchObject([{ path: 'src/b.py', conflict: 'blocked' }])
    expect(() => apply(world, planned)).toThrow('src')
    expect(Object.keys(snapshot(world))).toEqual(['src'])
  })

  test('case 28: a parent that becomes a symlink after the plan stops the apply', () => {
    move(world, { 'src/b.py': 'b\n' })
    const planned = plan(world, { 'src/b.py': 'c\n', 'a.py': 'a\n' })
    const [inside, outside] = [join(world.root, 'src'), join(world.root, '../outside')]
    world.fs.renameSync(inside, outside)
    world.fs.symlinkSync(outside, inside)
    const before = snapshot(world)
    expect(() => apply(world, planned)).toThrow('src was changed')
    expect(snapshot(world)).toEqual(before)
    expect(world.fs.readFileSync(join(outside, 'b.py'), 'utf8')).toBe('b\n')
  })

  test.each(['../x', 'a/../../x', '/x', 'a//b', './a', 'a\\b', 'mlops.lock', '.create-mlops/x'])(
    'case 29: a rendered path like %j is refused',
    (path) => {
      expect(() => plan(world, { [path]: 'x' })).toThrow('no path in the project')
    },
  )

  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is such text that is tested
  test.each(['$&', "$'", '$1', '\\1', '(.*)[', '{{x}}', '${{ secrets.X }}'])(
    'cases 30 and 31: %s in a text is only text',
    (odd) => {
      move(world, { 'a.txt': '1\n2\n3\n' })
      lay(world, { 'a.txt': `${odd} mine\n1\n2\n3\n` })
      move(world, { 'a.txt': `1\n2\n3\n${odd} theirs\n` })
      expect(read(world, 'a.txt')).toBe(`${odd} mine\n1\n2\n3\n${odd} theirs\n`)
    },
  )

  test('case 32: a file becomes a folder', () => {
    move(world, { metrics: 'a\n' })
    move(world, { 'metrics/a.py': 'a\n' })
    expect(read(world, 'metrics/a.py')).toBe('a\n')
  })

  test('case 32: a folder becomes a file', () => {
    move(world, { 'metrics/deep/a.py': 'a\n', 'metrics/b.py': 'b\n' })
    move(world, { metrics: 'a\n' })
    expect(read(world, 'metrics')).toBe('a\n')
  })

  test('case 32: an edited file that is to become a folder stays, and the folder is a conflict', () => {
    move(world, { metrics: 'a\n' })
    lay(world, { metrics: 'mine\n' })
    expect(summary(plan(world, { 'metrics/a.py': 'a\n' }))).toEqual(['keep metrics', 'conflict metrics/a.py'])
  })

  test('case 32: a folder that is to become a file stays while the user has files in it', () => {
    move(world, { 'metrics/a.py': 'a\n' })
    lay(world, { 'metrics/mine.py': 'mine\n' })
    expect(summary(plan(world, { metrics: 'a\n' }))).toEqual(['conflict metrics', 'delete metrics/a.py'])
  })

  test('case 32: the user made a folder of a file', () => {
    move(world, { metrics: 'a\n' })
    world.fs.unlinkSync(join(world.root, 'metrics'))
    lay(world, { 'metrics/mine.py': 'mine\n' })
    expect(plan(world, { metrics: 'b\n' }).conflicts).toMatchObject([{ conflict: 'not-a-file' }])
  })

  describe('case 33: the executable bit', () => {
    const mode = () => (world.fs.lstatSync(join(world.root, 'run.sh')).mode & 0o777).toString(8)
    const script = (content: string, bits: 0o644 | 0o755) => ({ 'run.sh': { content, mode: bits } })

    test('comes with the template', () => {
      move(world, script('a\n', 0o644))
      expect(summary(move(world, script('a\n', 0o755)))).toEqual(['mode run.sh'])
      expect(mode()).toMatch(EXECUTABLE)
    })

    test('comes with the template into an edited file', () => {
      move(world, script('a\nb\n', 0o644))
      lay(world, { 'run.sh': 'mine\na\nb\n' })
      move(world, script('a\nb\n', 0o755))
      expect(mode()).toMatch(EXECUTABLE)
      expect(read(world, 'run.sh')).toBe('mine\na\nb\n')
    })

    test('that the user gave survives an update', () => {
      move(world, script('a\n', 0o644))
      world.fs.chmodSync(join(world.root, 'run.sh'), 0o700)
      move(world, script('b\n', 0o644))
      expect([mode(), read(world, 'run.sh')]).toEqual(['700', 'b\n'])
    })

    test('is not given back to a file that the user took it from', () => {
      move(world, script('a\n', 0o755))
      world.fs.chmodSync(join(world.root, 'run.sh'), 0o640)
      move(world, script('b\n', 0o755))
      expect([mode(), read(world, 'run.sh')]).toEqual(['640', 'b\n'])
    })

    test('a private file stays private', () => {
      move(world, { 'run.sh': 'a\n' })
      world.fs.chmodSync(join(world.root, 'run.sh'), 0o600)
      move(world, { 'run.sh': 'b\n' })
      expect(mode()).toBe('600')
    })
  })

  test('a file whose name differs only in case is a conflict', () => {
    lay(world, { 'readme.md': 'mine\n' })
    expect(plan(world, { 'README.md': 'a\n' }).conflicts).toMatchObject([
      { conflict: 'case-twin', reason: 'readme.md is there; the names differ only in case' },
    ])
  })

  test('a folder whose name differs only in case is a conflict', () => {
    lay(world, { 'Src/mine.py': 'mine\n' })
    expect(plan(world, { 'src/a.py': 'a\n' }).conflicts).toMatchObject([{ conflict: 'case-twin' }])
  })

  test('a lost lock makes every file that differs a conflict, and no format is merged', () => {
    lay(world, { 'a.py': 'a\n', '.gitignore': 'mine\n' })
    const base = emptyLock('', { damaged: true })
    const formatMerge = () => 'merged\n'
    const planned = plan(world, { 'a.py': 'a\n', '.gitignore': 'x\n', 'b.py': 'b\n' }, { base, formatMerge })
    expect(planned.conflicts).toMatchObject([{ path: '.gitignore', conflict: 'base-unknown' }])
    expect(summary(planned)).toEqual(['conflict .gitignore', 'create b.py'])
    expect(lockOf(world)).toBeNull()
  })
})
