import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashOf } from '../../src/project/hash.ts'
import {
  emptyLock,
  type Lock,
  type LockEntry,
  packText,
  parseLock,
  pristineOf,
  renderLock,
} from '../../src/project/lock.ts'

const TEXT = 'print("hello")\n'

function entry(path: string, changes: Partial<LockEntry> = {}): LockEntry {
  return {
    path,
    ownership: 'managed',
    layer: 'level1/common',
    mode: 0o644,
    hash: hashOf(TEXT),
    packed: packText(Buffer.from(TEXT)),
    movedTo: null,
    shared: false,
    companionOf: null,
    ...changes,
  }
}

function lockOf(...entries: LockEntry[]): Lock {
  return { ...emptyLock('1.2.3'), files: new Map(entries.map((each) => [each.path, each])) }
}

describe('mlops.lock', () => {
  test('is a header and a line for each path, sorted', () => {
    const text = renderLock(lockOf(entry('b.py'), entry('a.py', { ownership: 'yours', packed: null })))
    expect(text).toMatchInlineSnapshot(`
      "{"format":1,"createMlops":"1.2.3"}
      {"path":"a.py","check":"c2cc6a8269be44bb","file":{"ownership":"yours","layer":"level1/common","hash":"b80792336156c7b0f7fe02eeef24610d2d52a10d1810397744471d1dc5738180","packed":null}}
      {"path":"b.py","check":"7f457bb3efb89124","file":{"ownership":"managed","layer":"level1/common","hash":"b80792336156c7b0f7fe02eeef24610d2d52a10d1810397744471d1dc5738180","packed":"KyjKzCvRUMpIzcnJV9LkAgA="}}
      "
    `)
  })

  test('keeps everything that it is given', () => {
    const lock: Lock = {
      ...lockOf(
        entry('a.py', { mode: 0o755, movedTo: 'lib/a.py', shared: true }),
        entry('mlops.mk', { companionOf: 'Makefile' }),
      ),
      pending: new Map([
        ['a.py', 'hash'],
        ['new.py', 'other'],
      ]),
      folders: new Set(['lib']),
    }
    expect(parseLock(renderLock(lock))).toEqual(lock)
  })

  test('holds the pristine bytes of a managed file, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (content) => {
        const packed = packText(content)
        const read = parseLock(renderLock(lockOf(entry('a.bin', { packed })))).files.get('a.bin')
        expect(read && pristineOf(read)).toEqual(Buffer.from(content))
      }),
    )
  })

  test('any path of any script survives', () => {
    const paths = fc.string({ unit: 'grapheme', minLength: 1 }).filter((path) => !/[/\\\0]|^\.+$/.test(path))
    fc.assert(
      fc.property(paths, (path) => {
        const lock = lockOf(entry(`folder/${path}`))
        fc.pre(!/^[A-Za-z]:/.test(path) && !/^\.(git|create-mlops)$/i.test(path))
        expect(parseLock(renderLock(lock))).toEqual(lock)
      }),
    )
  })
})

describe('a damaged mlops.lock', () => {
  const text = renderLock(lockOf(entry('a.py'), entry('b.py')))

  test.each([
    ['empty', ''],
    ['binary', '\0\x01\x02'],
    ['without its header', text.split('\n').slice(1).join('\n')],
    ['another kind of file', '[1, 2]\n'],
  ])('that is %s is known to be lost', (_, damaged) => {
    expect(parseLock(damaged)).toMatchObject({ damaged: true, files: new Map() })
  })

  test('loses the lines that are damaged, and says so', () => {
    const damaged = parseLock(text.replace('b.py', 'c.py'))
    expect([...damaged.files.keys()]).toEqual(['a.py'])
    expect(damaged.damaged).toBe(true)
  })

  test('that was cut off is known to be damaged', () => {
    expect(parseLock(text.slice(0, -20))).toMatchObject({ damaged: true })
  })

  test('no single changed character of a line goes unnoticed', () => {
    const start = text.indexOf('\n') + 1
    fc.assert(
      fc.property(fc.integer({ min: start, max: text.length - 2 }), (at) => {
        const changed = text.slice(0, at) + (text[at] === 'x' ? 'y' : 'x') + text.slice(at + 1)
        expect(parseLock(changed).damaged).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('with a path twice is damaged', () => {
    const [header, line] = text.split('\n')
    expect(parseLock(`${header}\n${line}\n${line}\n`).damaged).toBe(true)
  })

  test('with conflict markers is for the user to put right', () => {
    expect(() => parseLock(text.replace('\n', '\n<<<<<<< HEAD\n'))).toThrow(
      expect.objectContaining({
        message: 'mlops.lock holds conflict markers of an unfinished git merge',
        hint: expect.stringContaining('Keep one line for each path'),
      }),
    )
  })

  test('of a newer format is for a newer create-mlops', () => {
    expect(() => parseLock('{"format":2,"createMlops":"9.0.0"}\n')).toThrow(
      'written by create-mlops 9.0.0, which is newer than this one',
    )
  })
})

test('git merges the locks of two branches that changed different files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'create-mlops-lock-'))
  const paths = ['a.py', 'b.py', 'c.py', 'd.py', 'e.py']
  const base = lockOf(...paths.map((path) => entry(path)))
  const changed = (path: string) =>
    renderLock({ ...base, files: new Map(base.files).set(path, entry(path, { mode: 0o755 })) })
  writeFileSync(join(folder, 'base'), renderLock(base))
  writeFileSync(join(folder, 'one'), changed('a.py'))
  writeFileSync(join(folder, 'two'), changed('e.py'))
  execFileSync('git', ['merge-file', 'one', 'base', 'two'], { cwd: folder })
  const merged = parseLock(readFileSync(join(folder, 'one'), 'utf8'))
  rmSync(folder, { recursive: true })
  expect(merged.damaged).toBe(false)
  expect([merged.files.get('a.py')?.mode, merged.files.get('e.py')?.mode]).toEqual([0o755, 0o755])
})
