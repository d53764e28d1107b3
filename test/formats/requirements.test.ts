import { describe, expect, it } from 'vitest'
import { isWithin, parseRequirement } from '../../src/plan/formats/requirement.ts'
import { merge, thereAndBack } from './merge.ts'

describe('a requirements file that both have', () => {
  const yours = '-r base.txt\nScikit_Learn>=1.5,<1.8  # pinned by the auditor\nrequests\n'

  it('gets the packages that it does not have under any spelling', () => {
    expect(merge('requirements.txt', null, yours, 'scikit-learn>=1.4,<2\nmlflow>=3,<4\n')).toBe(
      `${yours}\nmlflow>=3,<4\n`,
    )
  })

  it('is a conflict where the user allows versions that the layer does not', () => {
    expect(merge('requirements-dev.txt', null, 'requests\n', 'requests>=2,<3\n')).toBe(null)
    expect(merge('requirements.txt', null, 'a==1\n', 'a>=2,<3\n')).toBe(null)
  })

  it('gets a new range where the user left the old one, and keeps the comment', () => {
    expect(merge('requirements.txt', 'dvc>=3,<4\n', 'dvc>=3,<4  # ours\nx\n', 'dvc>=3.60,<4\n')).toBe(
      'dvc>=3.60,<4  # ours\nx\n',
    )
    expect(merge('requirements.txt', 'dvc>=3,<4\n', 'dvc>=3.5,<4\n', 'dvc>=3.60,<4\n')).toBe(null)
  })

  it('keeps options, hashes and markers as they are, and comes back to them', () => {
    const hashed =
      '--index-url https://example.org/simple\na==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n-e .\n'
    expect(
      thereAndBack('requirements.txt', hashed, 'b>=1\nc>=2 ; python_version < "3.12"\n-r more.txt\n'),
    ).toBe(hashed)
  })

  it('is a conflict where both name another index', () => {
    expect(merge('requirements.txt', null, '-i https://a.example\n', '--index-url https://b.example\n')).toBe(
      null,
    )
  })
})

describe('a requirement', () => {
  it('is known by its normalised name, its extras and its marker', () => {
    expect(parseRequirement('Scikit__Learn >= 1, <2')).toEqual({
      identity: 'scikit-learn',
      specifier: '>=1,<2',
    })
    expect(parseRequirement("dvc[s3] (>=3); python_version<'3.12'")).toEqual({
      identity: "dvc[s3];python_version<'3.12'",
      specifier: '>=3',
    })
    expect(parseRequirement('x @ https://example.org/x.whl')?.specifier).toBe('@https://example.org/x.whl')
    expect(parseRequirement('./local/path')).toBe(undefined)
  })

  it.each([
    ['>=1.5,<2', '>=1.5,<2', true],
    ['==1.7', '>=1.5,<2', true],
    ['~=1.7.2', '>=1.5,<2', true],
    ['>=1.10', '>=1.9', true],
    ['==2.0', '<2', false],
    ['>=1.4,<2', '>=1.5,<2', false],
    ['>1.5', '>=1.5', true],
    ['>=1.5', '>1.5', false],
    ['', '>=1', false],
    ['>=1', '', true],
    ['>=1,!=1.2', '>=1', false],
    ['==1.*', '>=1', false],
  ])('%j lies within %j: %s', (inner, outer, expected) => {
    expect(isWithin(inner, outer)).toBe(expected)
  })
})
