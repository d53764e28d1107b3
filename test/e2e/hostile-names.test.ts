import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { createProject, type DataSet, python } from './projects.ts'
import { make } from './run.ts'

const COLUMNS = [
  `a"b'c`,
  '{{name}}',
  'line\nbreak',
  '🚲 emoji',
  'x'.repeat(400),
  ': yes # no',
  ['$', '{{ secrets.X }}'].join(''),
  '</td><script>alert(1)</script>',
  '%s {0} \\n',
]
const CATEGORIES = ['{{a}}', 'q"uote', 'new\nline', '🚲', 'y'.repeat(400), '1e5', 'yes', "it's"]
const TARGET = 'target "t" {{x}}\n</b>'

test('column names and categories of any text arrive intact and harmless', () => {
  const project = createProject(hostileData(), {})
  const ran = make(project, 'train', 'predict', 'monitor', 'diagnose', 'verify')
  expect(ran.code, ran.output).toBe(0)

  expect(parse(readFileSync(join(project, 'mlops.yaml'), 'utf8')).project.target).toBe(TARGET)
  const names = python(
    project,
    'import json, yaml; print(json.dumps([c["name"] for c in yaml.safe_load(open("contract.yaml", encoding="utf-8"))["columns"]]))',
  )
  expect(JSON.parse(names.stdout)).toEqual([...COLUMNS, TARGET])
  for (const page of ['README.md', 'reports/monitor.html'])
    expect(readFileSync(join(project, page), 'utf8')).not.toContain('<script>')
})

function hostileData(): DataSet {
  const next = seeded(7)
  const rows = Array.from({ length: 800 }, () => {
    const numbers = COLUMNS.map(() => next())
    const category = CATEGORIES[Math.floor(next() * CATEGORIES.length)] as string
    const isYes = (numbers[0] as number) + (category === 'yes' ? 0.5 : 0) + 0.2 * next() > 0.7
    return [
      ...numbers.map((number, at) => (at === 1 ? category : number.toFixed(4))),
      isYes ? 'ja "quoted"' : 'nein {{n}}\n🚲',
    ]
  })
  const text = [[...COLUMNS, TARGET], ...rows].map((row) => row.map(quoted).join(',')).join('\n')
  return {
    name: 'hostile',
    task: 'binary',
    flags: (folder) => {
      writeFileSync(join(folder, 'hostile.csv'), text)
      return ['--data', join(folder, 'hostile.csv'), '--target', TARGET]
    },
  }
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`
}

/** A linear congruential generator, so that a failure comes again. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}
