import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { commitAll, edit } from './edit.ts'
import * as level1 from './level1-checks.ts'
import { prepare } from './prepared.ts'
import { CREDIT, createProject, model } from './projects.ts'
import { createMlops, make } from './run.ts'

const OWN_FEATURE = 'features["credit per month"] = features["Credit_amount"] / features["Duration_in_month"]'

describe('an edited project of level 1, upgraded level by level to 3', () => {
  let project: string

  beforeAll(() => {
    project = createProject(CREDIT, {}, '--no-install')
    edit(project, 'src/model/features.py', '    return features\n', (line) => `    ${OWN_FEATURE}\n${line}`)
    edit(project, 'src/model/model.py', 'max_leaves=31', 'max_leaves=15')
    edit(project, 'Makefile', '.PHONY: notebook', (line) => `.PHONY: ours\nours:\n\t@echo ours\n\n${line}`)
    for (const _level of [2, 3]) {
      commitAll(project)
      const upgraded = createMlops(project, 'upgrade', '--yes')
      expect(upgraded.code, upgraded.output).toBe(0)
    }
    prepare(project)
    commitAll(project)
  })

  test('keeps the edits', () => {
    expect(readFileSync(join(project, 'src/model/features.py'), 'utf8')).toContain(OWN_FEATURE)
    expect(readFileSync(join(project, 'src/model/model.py'), 'utf8')).toContain('max_leaves=15')
    expect(make(project, 'ours').stdout).toBe('ours\n')
  })

  test('is green right after, and trains by the pipeline', () => {
    const made = make(project, 'data', 'check', 'pipeline')
    expect(made.code, made.output).toBe(0)
    expect(made.stdout).toContain('Version    1 may be put into use')
  })

  test('what level 1 does is still done, before and after a version is in use', () => {
    level1.trainsBetterThanBaseline(project)
    level1.tellsGoodMonthFromBad(project)
    const promoted = model(project, 'promote', '1')
    expect(promoted.code, promoted.output).toBe(0)
    level1.refusesBrokenColumns(project)
    level1.tellsGoodMonthFromBad(project)
  })
})
