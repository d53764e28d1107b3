import { describe, expect, test } from 'vitest'
import type { Layer } from '../../src/layers/select.ts'
import type { TemplateFile } from '../../src/layers/templates.ts'
import { renderTree } from '../../src/render/render.ts'
import type { Tree } from '../../src/render/tree.ts'

const context = { name: 'churn-model', package: 'churn_model', level: 1, stack: { ci: 'gitlab' } }

function layer(id: string, files: Record<string, string>, rest: Partial<Layer> = {}): Layer {
  const entries = Object.entries(files).map(([path, text]): [string, TemplateFile] => [
    path,
    { content: Buffer.from(text), mode: 0o644 },
  ])
  return { id, level: 1, files: new Map(entries), yours: [], dependencies: {}, ...rest }
}

function texts(tree: Tree): Record<string, string> {
  return Object.fromEntries([...tree].map(([path, file]) => [path, Buffer.from(file.content).toString()]))
}

describe('renderTree', () => {
  test('renders names in paths, and text only where it says .hbs', () => {
    const tree = renderTree(
      [layer('level1/common', { 'src/{{package}}/a.py': '{{name}}', 'b.md.hbs': '# {{name}}' })],
      context,
    )
    expect(texts(tree)).toEqual({ 'src/churn_model/a.py': '{{name}}', 'b.md': '# churn-model' })
  })

  test('a layer fills the slots of a file that another layer brings', () => {
    const tree = renderTree(
      [
        layer('level1/common', { Makefile: 'all:\n# slot: targets\n' }),
        layer('level2/common', { 'Makefile.slots/targets.mk.hbs': 'data: # {{name}}\n' }),
        layer('level3/common', { 'Makefile.slots/targets.mk': 'serve:\n' }),
      ],
      context,
    )
    expect(texts(tree)).toEqual({ Makefile: 'all:\ndata: # churn-model\nserve:\n' })
  })

  test('requirements of layers become lines of pyproject.toml', () => {
    const tree = renderTree(
      [
        layer('level1/common', { 'pyproject.toml': 'dependencies = [\n  # slot: dependencies-runtime\n]\n' }),
        layer('level1/framework/lightgbm', {}, { dependencies: { runtime: ['lightgbm>=4,<5'] } }),
      ],
      context,
    )
    expect(texts(tree)['pyproject.toml']).toBe('dependencies = [\n  "lightgbm>=4,<5",\n]\n')
  })

  test('says whose a file is and which layer brought it', () => {
    const tree = renderTree(
      [
        layer(
          'level1/common',
          { 'src/{{package}}/model.py': '', 'docs/a.md': '', Makefile: '' },
          { yours: ['src/{{package}}/model.py', 'docs/**'] },
        ),
      ],
      context,
    )
    expect([...tree.values()].map(({ path, ownership, layer }) => [path, ownership, layer])).toEqual([
      ['src/churn_model/model.py', 'yours', 'level1/common'],
      ['docs/a.md', 'yours', 'level1/common'],
      ['Makefile', 'managed', 'level1/common'],
    ])
  })

  test.each([
    [
      'two layers bring one file',
      [layer('a', { x: '1' }), layer('b', { x: '2' })],
      'x comes from both a and b',
    ],
    ['a slot of no file', [layer('a', { 'x.slots/y': '1' })], 'fills slots of x, which no layer brings'],
    ['an unknown name in the text', [layer('a', { 'x.hbs': '{{missing}}' })], /"missing" not defined/],
    ['an unknown name in the path', [layer('a', { '{{missing}}': '' })], 'no value for missing'],
    ['a path out of the project', [layer('a', { '../x': '' })], 'leaves the project'],
  ])('refuses %s', (_case, layers, message) => {
    expect(() => renderTree(layers, context)).toThrow(message)
  })

  test('hostile text stays text in YAML, TOML, JSON and Markdown (case 55)', () => {
    const hostile = ['a"b\'{{c}}\n# $', '{{ secrets.X }} <b> | 🚲'].join('')
    const tree = renderTree(
      [
        layer('a', {
          'y.hbs': '{{yaml hostile}}',
          't.hbs': '{{toml hostile}}',
          'j.hbs': '{{json hostile}}',
          'm.hbs': '| {{md hostile}} |',
        }),
      ],
      { ...context, hostile },
    )
    const rendered = texts(tree)
    expect(JSON.parse(rendered.j as string)).toBe(hostile)
    expect(rendered.t).toBe(JSON.stringify(hostile))
    expect(rendered.y).not.toContain('\n')
    expect(rendered.m).not.toMatch(/[\n<]/)
  })

  test('binary files are copied', () => {
    const content = Uint8Array.from([0, 255, 10, 35])
    const tree = renderTree(
      [{ ...layer('a', {}), files: new Map([['x.bin', { content, mode: 0o755 }]]) }],
      context,
    )
    expect(tree.get('x.bin')).toMatchObject({ content, mode: 0o755 })
  })
})
