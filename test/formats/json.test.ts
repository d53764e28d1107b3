import { describe, expect, it } from 'vitest'
import { merge, thereAndBack } from './merge.ts'

describe('a JSON document that both have', () => {
  const yours = '{\n\t"name": "x",\n\t"scripts": { "build": "b" },\n\t"files": [\n\t\t"a"\n\t]\n}'
  const theirs =
    '{\n  "scripts": {\n    "test": "t"\n  },\n  "files": ["b"],\n  "engines": {\n    "node": "20"\n  }\n}\n'

  it('gets keys and items in its own indentation', () => {
    expect(merge('package.json', null, yours, theirs)).toBe(
      '{\n\t"name": "x",\n\t"scripts": { "build": "b", "test": "t" },\n\t"files": [\n\t\t"a",\n\t\t"b"\n\t],\n' +
        '\t"engines": {\n\t  "node": "20"\n\t}\n}',
    )
  })

  it.each([yours, yours.replaceAll('\n', '\r\n'), '{}', '{}\n', '{"a":1}', '{ "a": [1, 2] }\n'])(
    'is what it was once the layer goes: %j',
    (mine) => {
      expect(thereAndBack('package.json', mine, theirs)).toBe(mine)
    },
  )

  it('keeps the comments and commas of settings', () => {
    expect(merge('.vscode/settings.json', null, '{\n  // mine\n  "a": 1, // one\n}\n', '{ "b": 2 }\n')).toBe(
      '{\n  // mine\n  "a": 1, // one\n  "b": 2,\n}\n',
    )
  })

  it('takes URLs out again', () => {
    const mine = '{"urls": ["https://a.example"]}'
    expect(thereAndBack('a.json', mine, '{"urls": ["https://b.example", "https://c.example"], "x": 1}')).toBe(
      mine,
    )
  })

  it.each(['{"a": 1, "a": 2}', '{"a": 1', '[1]', '"a"', '{"b": 1}'])('is a conflict: %s', (mine) => {
    expect(merge('a.json', null, mine, '{"b": {"c": 1}}')).toBe(null)
  })

  it('is no matter of formats in a notebook', () => {
    expect(merge('a.ipynb', null, '{}', '{"a": 1}')).toBe(null)
  })
})
