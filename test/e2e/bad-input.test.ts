import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { createMlops, scratchFolder } from './run.ts'

const USAGE = 2

let folder: string

beforeAll(() => {
  folder = scratchFolder('bad-input')
  const rows = Array.from({ length: 60 }, (_, row) => `${row},${(row * 7) % 13},${row % 3 ? 'no' : 'yes'}`)
  const table = `age,visits,churned\n${rows.join('\n')}\n`
  const files: Record<string, string | Uint8Array> = {
    'good.csv': table,
    'empty.csv': '',
    'header.csv': 'a,b\n',
    'junk.csv': Uint8Array.from({ length: 4096 }, (_, index) => (index * 37) % 256),
    'one-column.csv': 'a\n1\n2\n3\n',
    'constant.csv': `a,b\n${'1,x\n'.repeat(50)}`,
    'no-target-values.csv': `a,b\n${Array.from({ length: 50 }, (_, row) => `${row},\n`).join('')}`,
    'twice.csv': `a,b,a\n${'1,2,3\n'.repeat(50)}`,
    'unnamed.csv': `a,,c\n${'1,2,3\n'.repeat(50)}`,
    'wide.csv': `${Array.from({ length: 20_000 }, (_, column) => `c${column}`).join(',')}\n${'1,'.repeat(19_999)}1\n`,
    'cut.csv.gz': gzipSync(table.repeat(50)).subarray(0, 100),
    'broken.parquet': 'PAR1 and then nothing',
    'a-file': 'in the way',
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  mkdirSync(join(folder, 'a-folder'))
})

const GOOD = ['--data', 'good.csv', '--target', 'churned']

describe('bad input gets one clear message, a non-zero exit, and leaves the disk as it was', () => {
  test.each<[string, string[], number, RegExp]>([
    ['a missing file', ['x', '--data', 'absent.csv', '--target', 'a'], 0, /absent\.csv/],
    ['an empty file', ['x', '--data', 'empty.csv', '--target', 'a'], 0, /empty\.csv.*empty/],
    ['a header only', ['x', '--data', 'header.csv', '--target', 'a'], 0, /header\.csv.*row/],
    ['a directory', ['x', '--data', 'a-folder', '--target', 'a'], 0, /a-folder is a directory/],
    ['binary junk', ['x', '--data', 'junk.csv', '--target', 'a'], 0, /junk\.csv/],
    ['one column', ['x', '--data', 'one-column.csv', '--target', 'a'], 0, /one column/],
    [
      'a target that is not there',
      ['x', '--data', 'good.csv', '--target', 'chured'],
      USAGE,
      /"chured".*"churned"/,
    ],
    ['a constant target', ['x', '--data', 'constant.csv', '--target', 'b'], 0, /"b" is always "x"/],
    ['a target without values', ['x', '--data', 'no-target-values.csv', '--target', 'b'], 0, /"b".*missing/],
    ['a column name twice', ['x', '--data', 'twice.csv', '--target', 'b'], 0, /"a"/],
    [
      'an empty column name',
      ['x', '--data', 'unnamed.csv', '--target', 'c'],
      0,
      /column 2|second column|no name/,
    ],
    ['20,000 columns', ['x', '--data', 'wide.csv', '--target', 'c1'], 0, /20,?000 columns/],
    ['a cut .gz', ['x', '--data', 'cut.csv.gz', '--target', 'churned'], 0, /cut\.csv\.gz/],
    ['a broken Parquet file', ['x', '--data', 'broken.parquet', '--target', 'a'], 0, /broken\.parquet/],
    ['the name 123', ['123', ...GOOD], USAGE, /"123".*letter/],
    ['the name class', ['class', ...GOOD], USAGE, /"class".*keyword/],
    ['the name ../x', ['x', '--name', '../x', ...GOOD], USAGE, /"\.\.\/x"/],
    ['the name a b', ['a b', ...GOOD], USAGE, /"a b"/],
    ['the name ünï', ['ünï', ...GOOD], USAGE, /"ünï"/],
    ['a name of 300 characters', ['x', '--name', 'x'.repeat(300), ...GOOD], USAGE, /300 characters/],
    ['a DIR that is a file', ['a-file', ...GOOD], USAGE, /a-file is a file/],
    ['level 0', ['x', '--level', '0', ...GOOD], USAGE, /--level is "0"/],
    ['level 6', ['x', '--level', '6', ...GOOD], USAGE, /--level is "6"/],
    ['level abc', ['x', '--level', 'abc', ...GOOD], USAGE, /--level is "abc"/],
    ['an unknown choice', ['x', '--stack', 'color=red', ...GOOD], USAGE, /no choice "color"/],
    ['an unknown option', ['x', '--stack', 'framework=keras', ...GOOD], USAGE, /no option "keras"/],
    ['an unknown flag', ['x', '--targt', 'a'], USAGE, /--targt.*--target/],
    ['an unknown type', ['x', ...GOOD, '--type', 'age=number'], USAGE, /"number"/],
    ['a type of an unknown column', ['x', ...GOOD, '--type', 'agee=numeric'], USAGE, /"agee".*"age"/],
    ['no terminal and no DIR (case 53)', [], USAGE, /DIR/],
    ['no terminal and no data (case 53)', ['x'], USAGE, /--data/],
    ['no terminal and no target (case 53)', ['x', '--data', 'good.csv'], USAGE, /--target/],
  ])('%s', (_case, args, code, message) => {
    const before = snapshot(folder)
    const ran = createMlops(folder, ...args, '--no-install', '--no-git')
    if (code === 0) expect(ran.code, ran.output).toSatisfy((exit: number) => exit === 1 || exit === USAGE)
    else expect(ran.code, ran.output).toBe(code)
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr, 'a stack trace').not.toMatch(/\n\s+at /)
    expect(snapshot(folder)).toEqual(before)
  })

  test('a DIR that cannot be written', () => {
    const parent = join(folder, 'read-only')
    mkdirSync(parent)
    chmodSync(parent, 0o555)
    // Root may write everywhere, so it is refused by an immutable flag where there is one, else not at all.
    const ran = asNobody(() =>
      createMlops(parent, 'x', '--data', '../good.csv', '--target', 'churned', '--no-install', '--no-git'),
    )
    if (ran === undefined) return
    expect(ran.code, ran.output).toBe(1)
    expect(ran.stderr).toMatch(/x.*(permission|may not be written|cannot write)/i)
    expect(readdirSync(parent)).toEqual([])
  })

  test('a folder with files in it is no error, but what collides is a conflict', () => {
    const project = join(folder, 'existing')
    mkdirSync(project)
    writeFileSync(join(project, 'notes.txt'), 'mine')
    writeFileSync(join(project, 'contract.yaml'), 'mine too')
    const before = snapshot(project)
    const args = ['existing', '--data', 'good.csv', '--target', 'churned', '--no-install', '--no-git']
    const ran = createMlops(folder, ...args)
    expect(ran.code, ran.output).toBe(3)
    expect(ran.stderr).toContain('contract.yaml')
    expect(snapshot(project)).toEqual(before)

    const kept = createMlops(folder, ...args, '--conflicts', 'mine')
    expect(kept.code, kept.output).toBe(0)
    expect(readFileSync(join(project, 'contract.yaml'), 'utf8')).toBe('mine too')
    expect(readFileSync(join(project, 'notes.txt'), 'utf8')).toBe('mine')
  })

  test('a dry run writes nothing, not even a folder, and tells what the real run does', () => {
    const before = snapshot(folder)
    const args = ['planned', ...GOOD, '--no-install', '--no-git', '--json']
    const dry = createMlops(folder, ...args, '--dry-run', '--diff')
    expect(dry.code, dry.output).toBe(0)
    expect(snapshot(folder)).toEqual(before)
    const real = createMlops(folder, ...args)
    expect(JSON.parse(real.stdout).changes).toEqual(JSON.parse(dry.stdout).changes)
  })
})

/** Every path below a folder with its kind, mode and content. */
function snapshot(root: string): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path): [string, string] => {
    const full = join(root, path)
    const stats = lstatSync(full)
    const content = stats.isFile()
      ? readFileSync(full, 'base64')
      : stats.isSymbolicLink()
        ? readlinkSync(full)
        : ''
    return [path, `${stats.mode} ${stats.mtimeMs} ${content.slice(0, 100_000)}`]
  })
  return Object.fromEntries(entries.filter(([, text]) => text !== ''))
}

/** Permissions bind everybody but root; as root the folder is made immutable, where the file system can. */
function asNobody<T>(act: () => T): T | undefined {
  if (process.getuid?.() !== 0) return act()
  const target = join(folder, 'read-only')
  try {
    execFileSync('chattr', ['+i', target], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  try {
    return act()
  } finally {
    execFileSync('chattr', ['-i', target])
  }
}
