import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { addOption } from '../../scripts/add-option.mjs'
import { readCatalog } from '../../src/layers/catalog.ts'
import { readTemplateFolder } from '../../src/layers/templates.ts'

const root = mkdtempSync(join(tmpdir(), 'add-option-'))
afterEach(() => rmSync(root, { recursive: true }))

test('a new option is declared, and has the files that its siblings have', () => {
  cpSync('templates', join(root, 'templates'), { recursive: true })
  addOption(root, { level: 1, choice: 'framework', option: 'xgboost', summary: 'gradient boosting' })

  const catalog = readCatalog(readTemplateFolder(join(root, 'templates')))
  const framework = catalog.levels[0]?.choices.find((choice) => choice.name === 'framework')
  expect(framework?.options.at(-1)).toMatchObject({ name: 'xgboost', summary: 'gradient boosting' })
  const folder = join(root, 'templates/level1/framework')
  expect(readdirSync(join(folder, 'xgboost'), { recursive: true })).toEqual(
    readdirSync(join(folder, 'scikit-learn'), { recursive: true }),
  )
  expect(readFileSync(join(root, 'templates/level1/layer.yaml'), 'utf8')).toContain('# Written once')
  expect(() => addOption(root, { level: 1, choice: 'framework', option: 'xgboost', summary: 's' })).toThrow(
    'framework has an option xgboost already',
  )
})
