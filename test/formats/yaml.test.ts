import { describe, expect, it } from 'vitest'
import { merge, thereAndBack } from './merge.ts'

const HOOKS = `# ours
default_stages:   [pre-commit]   # only
repos:
- repo: local
  hooks:
  - id: mine
    args: [--fast]
- repo: https://example.org/ruff
  rev: v1  # approved
  hooks: [{id: ruff}]
`

const LAYER = `repos:
  # Formatting.
  - repo: https://example.org/ruff
    hooks:
      - id: ruff
  - repo: local
    hooks:
      # Every commit.
      - id: tests
        entry: |
          uv run pytest

          echo done
  - repo: https://example.org/nbstripout
    rev: v2
    hooks:
      - id: nbstripout

# For pre-commit.ci.
ci:
  skip: [tests]
`

describe('a YAML document that both have', () => {
  it('gets keys and items in its own indentation, and keeps every character of the user', () => {
    expect(merge('.pre-commit-config.yaml', null, HOOKS, LAYER)).toBe(`# ours
default_stages:   [pre-commit]   # only
repos:
- repo: local
  hooks:
  - id: mine
    args: [--fast]
  # Every commit.
  - id: tests
    entry: |
      uv run pytest

      echo done
- repo: https://example.org/ruff
  rev: v1  # approved
  hooks: [{id: ruff}]
- repo: https://example.org/nbstripout
  rev: v2
  hooks:
    - id: nbstripout

# For pre-commit.ci.
ci:
  skip: [tests]
`)
  })

  it.each([
    ['LF', HOOKS],
    ['CRLF', HOOKS.replaceAll('\n', '\r\n')],
    ['a BOM', `\uFEFF${HOOKS}`],
    ['no final newline', HOOKS.trimEnd()],
    ['a document marker', `---\n${HOOKS}`],
    ['a comment at the end', `${HOOKS}# the end\n`],
    ['comments only', '# nothing yet\n'],
    ['an empty file', ''],
  ])('is what it was once the layer goes: %s', (_what, yours) => {
    expect(thereAndBack('.pre-commit-config.yaml', yours, LAYER)).toBe(yours)
  })

  it('merges sequences of texts as sets', () => {
    expect(
      merge(
        'a.yaml',
        null,
        'ports:\n  - "80:80"\nenv: [A, B]\n',
        'ports: ["80:80", "90:90"]\nenv:\n  - B\n  - C\n',
      ),
    ).toBe('ports:\n  - "80:80"\n  - "90:90"\nenv: [A, B, C]\n')
  })

  it('does not mix two commands', () => {
    const service = (command: string) => `services:\n  api:\n    command: [${command}]\n`
    expect(merge('docker-compose.yml', null, service('uvicorn, a'), service('uvicorn, b'))).toBe(null)
    expect(merge('docker-compose.yml', service('a'), service('a'), service('a, b'))).toBe(service('a, b'))
  })

  it('is a conflict where both set one key', () => {
    expect(merge('mlops.yaml', 'level: 1\n', 'level: 2\n', 'level: 3\n')).toBe(null)
    expect(merge('mlops.yaml', 'level: 1\n', 'level: 1 # now\nmine: yes\n', 'level: 3\n')).toBe(
      'level: 3 # now\nmine: yes\n',
    )
  })

  it('does not remove an entry in which the user has written a comment', () => {
    const yours = 'a:\n  x: 1\n  # mine\n  y: 2\nb: 1\n'
    expect(merge('a.yaml', 'a:\n  x: 1\n  y: 2\n', yours, '')).toBe(yours)
  })
})

describe('YAML that cannot be edited safely is a conflict', () => {
  it.each([
    ['several documents', 'a: 1\n---\nb: 1\n'],
    ['a key twice', 'a: 1\na: 2\n'],
    ['tabs', 'a:\n\tb: 1\n'],
    ['an anchored table that another one shares', 'x: &x\n  mine: 1\ny: *x\n'],
    ['an explicit key', '? x\n: 1\n'],
    ['a list instead of a table', '- x\n'],
    ['a text instead of a table', 'x\n'],
    ['nothing instead of a table', 'x:\n'],
  ])('%s', (_what, yours) => {
    expect(merge('a.yaml', null, yours, 'x:\n  new: 1\n')).toBe(null)
  })

  it('but anchors elsewhere do no harm', () => {
    const yours = 'base: &base {a: 1}\nx:\n  <<: *base\n'
    expect(merge('a.yaml', null, yours, 'x:\n  new: 1\n')).toBe(`${yours}  new: 1\n`)
  })
})
