import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import * as level1 from './level1-checks.ts'
import { prepare } from './prepared.ts'
import { CREDIT, createProject, model } from './projects.ts'
import { createMlops, make, run } from './run.ts'

const OWN_FEATURE = 'features["credit per month"] = features["Credit_amount"] / features["Duration_in_month"]'

describe('an edited project of level 1, upgraded level by level to 3', () => {
  let project: string

  beforeAll(() => {
    project = createProject(CREDIT, {}, '--no-install')
    edit('src/model/features.py', '    return features\n', (line) => `    ${OWN_FEATURE}\n${line}`)
    edit('src/model/model.py', 'max_leaves=31', () => 'max_leaves=15')
    edit('Makefile', '.PHONY: notebook', (line) => `.PHONY: ours\nours:\n\t@echo ours\n\n${line}`)
    for (const level of [2, 3]) {
      commit(`Before level ${level}`)
      const upgraded = createMlops(project, 'upgrade', '--yes')
      expect(upgraded.code, upgraded.output).toBe(0)
    }
    prepare(project)
    commit('Level 3')
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

  function edit(path: string, before: string, change: (text: string) => string): void {
    const file = join(project, path)
    writeFileSync(file, readFileSync(file, 'utf8').replace(before, change))
  }

  function commit(message: string): void {
    run(project, 'git', ['add', '--all'])
    run(project, 'git', ['commit', '--quiet', '--no-verify', '-m', message])
  }
})
