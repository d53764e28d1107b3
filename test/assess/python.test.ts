import { describe, expect, test } from 'vitest'
import { readPython } from '../../src/assess/repository/python.ts'

describe('what Python says', () => {
  test('calls carry the full name of what was imported', () => {
    const { calls } = readPython(
      'import pandas as pd\nimport os.path\nfrom sklearn import metrics as m\npd.read_csv("a")\nos.path.join("a")\nm.f1_score(\n  y, p)\nx = Foo().run()\n',
    )
    expect(calls.map(({ name, line }) => [name, line])).toEqual([
      ['pandas.read_csv', 4],
      ['os.path.join', 5],
      ['sklearn.metrics.f1_score', 6],
      ['?.run', 8],
      ['Foo', 8],
    ])
  })

  test('imports of every form', () => {
    const { imports } = readPython(
      'from . import a\nfrom ..b.c import (\n  d as e,  # why\n  f,\n)\nimport g.h, i as j\n',
    )
    expect(imports.map(({ module, name, bound }) => [module, name, bound])).toEqual([
      ['.', 'a', 'a'],
      ['..b.c', 'd', 'e'],
      ['..b.c', 'f', 'f'],
      ['g.h', undefined, 'g'],
      ['i', undefined, 'j'],
    ])
  })

  test('functions with their decorators, asserts with where they stand', () => {
    const { functions, asserts } = readPython(
      '@app.post("/p")\ndef f():\n    pass\n\nclass T:\n    def test_a(self):\n        assert f() == 1\n',
    )
    expect(functions).toMatchObject([
      { name: 'f', line: 2, marks: ['app.post("/p")'], within: '' },
      { name: 'test_a', line: 6, marks: [], within: 'T' },
    ])
    expect(asserts).toEqual([{ text: 'assert f() == 1', line: 7, within: 'T.test_a' }])
  })

  test('comments and docstrings say nothing', () => {
    const { names, strings } = readPython(
      '"""roi and prediction_id"""\n# monitor\ndef f():\n    """actuals"""\n',
    )
    expect([...names.keys()]).toEqual(['f'])
    expect(strings).toEqual([])
  })

  test.each([
    ['Python 2', 'print "hello"\nexec "x"\nimport mlflow\nmlflow.start_run()\n'],
    ['broken syntax', 'def f(:\n  x = = 2\nimport mlflow\nmlflow.start_run()\n'],
    ['tabs and spaces', 'if x:\n\ty = 1\n        z = 2\nimport mlflow\nmlflow.start_run()\n'],
    [
      'a conflict marker',
      '<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\nimport mlflow\nmlflow.start_run()\n',
    ],
  ])('%s is read as far as it can be', (_, source) => {
    expect(readPython(source).calls.map(({ name }) => name)).toContain('mlflow.start_run')
  })

  test.each([1000, 20_000, 60_000])('nesting of %d does not exhaust the stack', (depth) => {
    const nested = `x = ${'('.repeat(depth)}1${')'.repeat(depth)}\ny = ${'1 + '.repeat(depth)}1\n`
    const facts = readPython(`import pandas\n${nested}`)
    expect(facts.imports.map(({ module }) => module)).toEqual(['pandas'])
    if (depth === 1000) expect(facts.names.has('y')).toBe(true)
  })
})
