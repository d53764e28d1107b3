import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { hasMarkers, mergeText } from '../../src/plan/merge.ts'

describe('mergeText', () => {
  test('takes the changes of both sides where they do not touch', () => {
    const merged = mergeText('a\nb\nc\nd\ne\n', 'A\nb\nc\nd\ne\n', 'a\nb\nc\nd\nE\n')
    expect(merged.clean).toBe('A\nb\nc\nd\nE\n')
  })

  test('marks changes to the same lines, and only those', () => {
    const merged = mergeText('a\nb\nc\n', 'a\nmine\nc\n', 'a\ntheirs\nc\nd\n')
    expect(merged.clean).toBeNull()
    expect(merged.marked).toMatchInlineSnapshot(`
      "a
      <<<<<<< yours
      mine
      ||||||| as it was generated
      b
      =======
      theirs
      >>>>>>> create-mlops
      c
      d
      "
    `)
    expect(hasMarkers(merged.marked)).toBe(true)
  })

  test('takes the same change of both sides once', () => {
    expect(mergeText('a\nb\n', 'a\nB\n', 'a\nB\n').clean).toBe('a\nB\n')
  })

  test('case 42: keeps the line endings of a CRLF file, added lines included', () => {
    const merged = mergeText('a\nb\nc\n', 'mine\r\na\r\nb\r\nc\r\n', 'a\nb\nc\nd\n')
    expect(merged.clean).toBe('mine\r\na\r\nb\r\nc\r\nd\r\n')
  })

  test('case 42: a file that only got other line endings has no conflict', () => {
    expect(mergeText('a\nb\n', 'a\r\nb\r\n', 'a\nB\n').clean).toBe('a\r\nB\r\n')
  })

  test('keeps every line ending of a mixed file where nothing changes', () => {
    expect(mergeText('a\nb\nc\nd\n', 'a\r\nb\nc\r\nd\r\n', 'a\nb\nc\nd\ne\n').clean).toBe(
      'a\r\nb\nc\r\nd\r\ne\r\n',
    )
  })

  test('keeps a byte order mark', () => {
    expect(mergeText('a\nb\n', '\uFEFFa\nb\nmine\n', 'top\na\nb\n').clean).toBe('\uFEFFtop\na\nb\nmine\n')
  })

  test.each([
    ['added by the template', 'a\nb', 'a\nb', 'a\nb\nc\n', 'a\nb\nc\n'],
    ['missing in the user’s file, at the end', 'a\nb\n', 'a\nb', 'top\na\nb\n', 'top\na\nb'],
    ['missing where the user appended', 'a\nb', 'a\nb\nmine', 'top\na\nb', 'top\na\nb\nmine'],
    ['missing where the template appends', 'a\nb\n', 'a\nb', 'a\nb\nc\n', 'a\nb\nc'],
  ])('case 43: a final newline is no conflict: %s', (_, base, yours, theirs, expected) => {
    expect(mergeText(base, yours, theirs).clean).toBe(expected)
  })

  test('an empty file merges', () => {
    expect(mergeText('', '', 'a\n').clean).toBe('a\n')
    expect(mergeText('a\n', '', 'a\n').clean).toBe('')
  })

  test('merges 5,000 repetitive lines; bench/upgrade.mjs times it', () => {
    const repeat = ['{', '}', '  x: 1', '  y: 2', '']
    const base = Array.from({ length: 5000 }, (_, index) => repeat[index % 5])
    const yours = base.with(100, 'mine').toSpliced(2000, 1)
    const theirs = base.with(3000, 'theirs').toSpliced(4000, 0, 'more', 'lines')
    const texts = [base, yours, theirs].map((lines) => `${lines.join('\n')}\n`) as [string, string, string]
    const { clean } = mergeText(...texts)
    expect(clean).toContain('mine')
    expect(clean).toContain('theirs')
  })

  // Unbounded, the search would take far longer than the test's time limit.
  test('gives up on two rewrites of 5,000 lines', () => {
    const lines = (prefix: string) =>
      `${Array.from({ length: 5000 }, (_, n) => prefix + (n % 7)).join('\n')}\n`
    expect(mergeText(lines('a'), lines('b'), lines('c')).clean).toBeNull()
  })
})

const line = fc.constantFrom('a', 'b', 'c', 'd', '', '  indented')
const lines = fc.array(line, { maxLength: 12 })
const text = fc
  .tuple(lines, fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([list, ending, hasFinal]) => list.join(ending) + (hasFinal && list.length > 0 ? ending : ''))

const editsOf = (added: string[]) =>
  fc.array(fc.tuple(fc.nat(20), fc.nat(2), fc.array(fc.constantFrom(...added), { maxLength: 3 })), {
    maxLength: 3,
  })
function edited(base: readonly string[], changes: readonly [number, number, string[]][]): string[] {
  return changes.reduce<string[]>(
    (list, [at, removed, added]) => list.toSpliced(Math.min(at, list.length), removed, ...added),
    [...base],
  )
}
/** A base and two versions of it, each with a few lines changed. */
const versionsOf = (bases: fc.Arbitrary<string[]>, edits: ReturnType<typeof editsOf>) =>
  fc
    .tuple(bases, edits, edits)
    .map(([base, mine, other]) => [base, edited(base, mine), edited(base, other)] as const)
const versions = versionsOf(
  fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 20 }),
  editsOf(['x', 'y', 'z', 'a']),
)
/** No line of the base is there twice in any of the three. */
const versionsOfUniqueLines = versionsOf(
  fc.shuffledSubarray([...'abcdefghijklmnopqrst']),
  editsOf(['x', 'y', 'z']),
)
const asText = (list: readonly string[]) => list.map((each) => `${each}\n`).join('')

describe('mergeText, for any texts', () => {
  test('property i: an unchanged file becomes the template’s', () => {
    fc.assert(
      fc.property(text, text, (base, theirs) => {
        const normal = (value: string) => value.replaceAll('\r\n', '\n')
        expect(normal(mergeText(base, base, theirs).clean ?? '')).toBe(normal(theirs))
      }),
      { numRuns: 1000 },
    )
  })

  test('property ii: an unchanged template leaves the user’s bytes', () => {
    fc.assert(
      fc.property(text, text, (base, yours) => {
        expect(mergeText(base, yours, base).clean).toBe(yours)
      }),
      { numRuns: 1000 },
    )
  })

  test('property iii: no line that the user added is lost', () => {
    fc.assert(
      fc.property(versions, ([base, yours, theirs]) => {
        const added = yours.filter((each) => !base.includes(each))
        const result = mergeText(asText(base), asText(yours), asText(theirs)).marked.split('\n')
        for (const each of added) expect(result).toContain(each)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('git merge-file as the oracle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'create-mlops-oracle-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('a merge that both find clean is the same, and they rarely disagree about a conflict', () => {
    const { others, disagreements } = compareWithGit(versionsOfUniqueLines)
    expect(others).toEqual([])
    expect(disagreements).toBeLessThan(10)
  })

  // Which of several equal lines was taken out, a text does not tell: there are several shortest diffs.
  test('where lines are repeated, another clean merge is as rare', () => {
    const { others, disagreements } = compareWithGit(versions)
    expect(others.length + disagreements).toBeLessThan(10)
  })

  function compareWithGit(sides: typeof versions): { others: unknown[]; disagreements: number } {
    const others: unknown[] = []
    let disagreements = 0
    for (const each of fc.sample(sides, 300)) {
      const texts = each.map(asText) as [string, string, string]
      const [ours, gits] = [mergeText(...texts).clean, gitMerge(folder, texts)]
      if ((ours === null) !== (gits === null)) disagreements++
      else if (ours !== gits) others.push({ texts, ours, gits })
    }
    return { others, disagreements }
  }
})

function gitMerge(folder: string, [base, yours, theirs]: [string, string, string]): string | null {
  const files = { yours, base, theirs }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  const { status, stdout } = spawnSync('git', ['merge-file', '-p', ...Object.keys(files)], { cwd: folder })
  return status === 0 ? stdout.toString() : null
}
