import { describe, expect, test } from 'vitest'
import { readCatalog } from '../../src/layers/catalog.ts'
import { selectLayers } from '../../src/layers/select.ts'
import { parseStack, resolveStack, stackWithin } from '../../src/layers/stack.ts'

const file = (text: string) => ({ content: Buffer.from(text), mode: 0o644 as const })

const LEVEL1 = `
level: 1
name: manual
summary: s
choices:
  environment:
    prompt: p
    options:
      uv: { summary: s }
      pip: { summary: s }
`
const LEVEL2 = `
level: 2
name: repeatable
summary: s
choices:
  source:
    prompt: p
    options:
      file: { summary: s }
      sql: { summary: s, dependencies: { runtime: ['sqlalchemy>=2,<3'] } }
`
const catalog = readCatalog(
  new Map([
    ['level1/layer.yaml', file(LEVEL1)],
    ['level1/common/Makefile', file('')],
    ['level1/environment/pip/setup.py', file('')],
    ['level2/layer.yaml', file(LEVEL2)],
    ['level2/source/sql/ingest.py', file('')],
  ]),
)

describe('the stack', () => {
  test('takes the first option of what was not wished', () => {
    expect(resolveStack(catalog, 2, { source: 'sql' })).toEqual({ environment: 'uv', source: 'sql' })
  })

  test('selects layers by level, common first', () => {
    const layers = selectLayers(catalog, 2, { environment: 'pip', source: 'sql' })
    expect(layers.map(({ id, files }) => [id, [...files.keys()]])).toEqual([
      ['level1/common', ['Makefile']],
      ['level1/environment/pip', ['setup.py']],
      ['level2/common', []],
      ['level2/source/sql', ['ingest.py']],
    ])
  })

  test('forgets the choices of levels that are left', () => {
    expect(stackWithin(catalog, 1, { environment: 'pip', source: 'sql' })).toEqual({ environment: 'pip' })
  })

  test.each([
    [{ enviroment: 'uv' }, 1, 'There is no choice "enviroment"; did you mean "environment"?'],
    [{ environment: 'pipp' }, 1, 'has no option "pipp"; did you mean "pip"?'],
    [{ source: 'sql' }, 1, 'belongs to level 2'],
  ] as const)('refuses %j at level %i', (wishes, level, message) => {
    expect(() => resolveStack(catalog, level, wishes)).toThrow(message)
  })

  test.each(['uv', '=uv', 'environment=', 'a=b=c'])('refuses the argument "%s"', (pair) => {
    expect(() => parseStack([pair])).toThrow('is not of the form CHOICE=OPTION')
  })
})
