import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseLevel } from '../../src/layers/level.ts'
import { packTemplates } from '../../src/layers/pack.ts'
import type { Layer } from '../../src/layers/select.ts'
import { readTemplateFolder, type Templates, unpackTemplates } from '../../src/layers/templates.ts'
import { renderTree } from '../../src/render/render.ts'

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'README.md.hbs': '# {{name}}\n{{#if (eq level 1)}}{{md "a*b"}}{{/if}}\n',
  'src/{{package}}/a.py': 'print("{{name}}")\n',
  '.gitignore': '*.pyc\n',
  'logo.bin': Uint8Array.of(0, 255, 254, 128),
}

test('a packed template renders to what it renders to from its folder', () => {
  const folder = folderWith(FILES)
  const unpacked = unpackTemplates(packTemplates(folder))
  expect(rendered(unpacked)).toEqual(rendered(readTemplateFolder(folder)))
  expect(rendered(unpacked).get('README.md')?.content.toString()).toBe('# churn\na\\*b\n')
})

test('only what Handlebars renders is packed as code', () => {
  const unpacked = unpackTemplates(packTemplates(folderWith(FILES)))
  expect([...unpacked].filter(([, file]) => file.code !== undefined).map(([path]) => path)).toEqual([
    'README.md.hbs',
  ])
})

test('a packed level says what its layer.yaml says', () => {
  const file = 'level1/layer.yaml'
  const text = '# Comment\nlevel: 1\nname: first\nsummary: "a: b"\ndependencies: { runtime: [pandas] }\n'
  const packed = unpackTemplates(packTemplates(folderWith({ [file]: text }))).get(file)
  expect(parseLevel(String(packed?.content), 1)).toEqual(parseLevel(text, 1))
})

test('a mistake in a template stops the packing, not the user', () => {
  expect(() => packTemplates(folderWith({ 'a.md.hbs': '{{#if name}}never closed' }))).toThrow()
})

function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'pack-'))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

function rendered(files: Templates) {
  const layer: Layer = { id: 'level1/common', level: 1, files, yours: [], dependencies: {} }
  return renderTree([layer], { name: 'churn', package: 'churn', level: 1 })
}
