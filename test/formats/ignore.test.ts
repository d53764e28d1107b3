import { describe, expect, it } from 'vitest'
import { merge, thereAndBack } from './merge.ts'

describe('an ignore file that both have', () => {
  const yours = '# mine\n*.log\n.venv/\n'

  it('gets the missing patterns below, with the comments that introduce them', () => {
    const theirs = '# Python\n.venv/\n__pycache__/\n\n# DVC\n/.dvc/cache\n'
    expect(merge('.gitignore', null, yours, theirs)).toBe(
      '# mine\n*.log\n.venv/\n\n# Python\n__pycache__/\n\n# DVC\n/.dvc/cache\n',
    )
  })

  it('does not bring the comment of a group that is there already', () => {
    expect(merge('.gitignore', null, yours, '# Logs\n*.log\n\n# Data\ndata/\n')).toBe(
      `${yours}\n# Data\ndata/\n`,
    )
  })

  it('is what it was before once the level goes, also what both had', () => {
    expect(thereAndBack('.gitignore', '.venv/\n*.log', '# Python\n.venv/\n__pycache__/\n')).toBe(
      '.venv/\n*.log',
    )
  })

  it('loses only the patterns that the layer no longer has', () => {
    const merged = `${yours}\n# Python\n__pycache__/\n\n# DVC\n/.dvc/cache\nmy-own\n`
    expect(
      merge(
        '.gitignore',
        '# Python\n__pycache__/\n\n# DVC\n/.dvc/cache\n',
        merged,
        '# Python\n__pycache__/\n',
      ),
    ).toBe(`${yours}\n# Python\n__pycache__/\n\nmy-own\n`)
  })

  it('keeps away what the user deleted', () => {
    expect(merge('.gitignore', 'a\nb\n', 'a\nmine\n', 'a\nb\nc\n')).toBe('a\nmine\n\nc\n')
  })
})

describe('negations', () => {
  it('of the user still win over new patterns', () => {
    expect(merge('.gitignore', null, '*.tmp\n# keep\n!data/keep.csv\n', 'data/*\n')).toBe(
      '*.tmp\ndata/*\n# keep\n!data/keep.csv\n',
    )
  })

  it('of a layer do not lay open what the user ignores', () => {
    expect(merge('.dockerignore', null, '.env*\n', 'build\n!.env.example\n')).toBe(
      'build\n!.env.example\n\n.env*\n',
    )
  })

  it('are a conflict where they would not mean what the layer means', () => {
    expect(merge('.gitignore', null, '!data/README.md\n*.csv\n', 'data/*\n!data/README.md\n')).toBe(
      'data/*\n\n!data/README.md\n*.csv\n',
    )
    expect(merge('.gitignore', null, '!mine\n!a\n', '!a\nd\n')).toBe(null)
  })
})
