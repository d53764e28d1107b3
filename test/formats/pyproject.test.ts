import { describe, expect, it } from 'vitest'
import { merge, thereAndBack } from './merge.ts'

const YOURS = `# The team's project.
[project]
name = "churn"   # do not rename
version = "1.4.2"
requires-python = ">=3.11,<3.13"
dependencies = [
  "numpy>=1.26,<2", # until the next audit
  'pandas'
]

[tool.ruff]
line-length=100
lint.select = ["E", "F"]
# lint.ignore = []
`

const THEIRS = `[project]
name = "churn-model"
version = "0.1.0"
description = "A model."
requires-python = ">=3.11,<3.14"
dependencies = [
    "mlflow>=3,<4",
    "numpy>=1,<3",
]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.ruff]
# The folder with the package.
src = ["src"]

# Tests run with "make test".
[tool.pytest.ini_options]
addopts = [
    "-ra",
]
`

describe('a pyproject.toml that both have', () => {
  it('gets tables, rows and dependencies, and keeps every character of the user', () => {
    expect(merge('pyproject.toml', null, YOURS, THEIRS)).toBe(`# The team's project.
[project]
name = "churn"   # do not rename
version = "1.4.2"
requires-python = ">=3.11,<3.13"
dependencies = [
  "numpy>=1.26,<2", # until the next audit
  'pandas',
  "mlflow>=3,<4"
]

[tool.ruff]
line-length=100
lint.select = ["E", "F"]
# The folder with the package.
src = ["src"]
# lint.ignore = []

# Tests run with "make test".
[tool.pytest.ini_options]
addopts = [
    "-ra",
]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
`)
  })

  it('does not take a comma in a comment for one between items', () => {
    const list = (items: string) => `[project]\nname = "x"\ndependencies = [\n${items}]\n`
    const yours = list('  "a", # one, two\n  "b" # three, four\n  # five, six\n')
    expect(merge('pyproject.toml', null, yours, list('    "c",\n'))).toBe(
      list('  "a", # one, two\n  "b", # three, four\n  "c"\n  # five, six\n'),
    )
    expect(thereAndBack('pyproject.toml', yours, list('    "c",\n'))).toBe(yours)
  })

  it.each([
    ['LF', YOURS],
    ['CRLF', YOURS.replaceAll('\n', '\r\n')],
    ['a BOM', `\uFEFF${YOURS}`],
    ['no final newline', YOURS.trimEnd()],
    ['an empty file', ''],
    ['an empty list', '[project]\nname = "x"\ndependencies = []\n[tool.black]\n'],
  ])('is what it was once the layer goes: %s', (_what, yours) => {
    expect(thereAndBack('pyproject.toml', yours, THEIRS)).toBe(yours)
  })

  it('keeps its name, also where a layer would have chosen the same', () => {
    const yours = '[project]\nname = "churn-model"\nversion = "0.1.0"\ndependencies = ["flask"]\n'
    expect(thereAndBack('pyproject.toml', yours, THEIRS)).toBe(yours)
  })

  it("does not take the user's own dependency when the layer that brought it as well goes", () => {
    const yours = '[project]\nname = "x"\ndependencies = ["mlflow>=3,<4", "flask"]\n'
    expect(thereAndBack('pyproject.toml', yours, THEIRS)).toBe(yours)
  })

  it('is a conflict where the user allows what the layer does not', () => {
    const needs = (text: string) => `[project]\nname = "x"\ndependencies = ["${text}"]\n`
    expect(merge('pyproject.toml', null, needs('Numpy'), needs('numpy>=1,<3'))).toBe(null)
    expect(merge('pyproject.toml', null, needs('numpy==1.26'), needs('numpy>=1,<3'))).toBe(
      needs('numpy==1.26'),
    )
  })

  it('needs a Python that the layer knows, and does not ask for an end', () => {
    const python = (range: string) => `[project]\nname = "x"\nrequires-python = "${range}"\n`
    expect(merge('pyproject.toml', null, python('>=3.12'), python('>=3.10,<3.15'))).toBe(python('>=3.12'))
    expect(merge('pyproject.toml', null, python('>=3.8'), python('>=3.10,<3.15'))).toBe(null)
  })

  it('is a conflict where both set a tool differently', () => {
    expect(
      merge('pyproject.toml', null, '[tool.ruff]\nline-length = 80\n', '[tool.ruff]\nline-length = 110\n'),
    ).toBe(null)
  })

  it('keeps a build system of its own', () => {
    const yours = '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'
    expect(merge('pyproject.toml', null, yours, '[build-system]\nrequires = ["hatchling"]\n')).toBe(yours)
  })
})

describe('a pyproject.toml of the template, edited', () => {
  const base = '[project]\ndependencies = [\n    "dvc>=3,<4",\n]\n\n[tool.x]\na = 1\nb = 2\n'

  it('gets what changed, and keeps what the user changed', () => {
    const yours = base.replace('a = 1', 'a = 10 # mine').replace('"dvc>=3,<4",', '"dvc>=3,<4", "flask",')
    const theirs = base.replace('b = 2', 'b = 3\nc = [1]').replace('>=3,<4', '>=3.60,<4')
    expect(merge('pyproject.toml', base, yours, theirs)).toBe(
      '[project]\ndependencies = [\n    "dvc>=3.60,<4", "flask",\n]\n\n[tool.x]\na = 10 # mine\nb = 3\nc = [1]\n',
    )
  })

  it('is a conflict where both changed one value, or one deleted what the other changed', () => {
    expect(
      merge('pyproject.toml', base, base.replace('a = 1', 'a = 2'), base.replace('a = 1', 'a = 3')),
    ).toBe(null)
    expect(merge('pyproject.toml', base, base.replace('a = 1\n', ''), base.replace('a = 1', 'a = 3'))).toBe(
      null,
    )
  })

  it('keeps a table that goes when the user has added to it', () => {
    const yours = `${base}mine = true\n`
    expect(merge('pyproject.toml', base, yours, base.replace(/\n\[tool.x\][\s\S]*/, ''))).toBe(
      base.replace(/a = 1[\s\S]*/, 'mine = true\n'),
    )
  })

  it('does not remove a row that the user has commented on', () => {
    const yours = base.replace('b = 2', 'b = 2 # measured in March')
    expect(merge('pyproject.toml', base, yours, base.replace('b = 2\n', ''))).toBe(yours)
  })
})

describe('arrays of tables', () => {
  const element = (name: string) => `[[tool.uv.index]]\nname = "${name}"\nurl = "https://${name}.example"\n`

  it('get the items that are missing, and lose them again', () => {
    const yours = `${element('mine')}\n[tool.black]\n`
    expect(merge('pyproject.toml', null, yours, element('theirs'))).toBe(
      `${element('mine')}\n${element('theirs')}\n[tool.black]\n`,
    )
    expect(thereAndBack('pyproject.toml', yours, element('theirs'))).toBe(yours)
  })
})

describe('TOML that cannot be edited safely is a conflict', () => {
  const theirs = '[tool.x]\nnew = 1\n'
  it.each([
    ['not well-formed', '[tool.x\n'],
    ['a key twice', 'a = 1\na = 2\n'],
    ['an inline parent', 'tool = { y = 1 }\n'],
    ['a value in the place of a table', 'tool.x = 1\n'],
    ['a dotted key in an inline table', '[tool]\nx = { a.b = 1 }\n'],
  ])('%s', (_what, yours) => {
    expect(merge('pyproject.toml', null, yours, theirs)).toBe(null)
  })

  it('but inline tables are fine where one line is enough', () => {
    expect(merge('pyproject.toml', null, '[tool]\nx = {a=1}\n', theirs)).toBe('[tool]\nx = {a=1, new = 1}\n')
  })
})
