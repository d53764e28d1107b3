import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CREDIT, createProject } from './projects.ts'
import { created, repository } from './repositories.ts'
import { tool, YAML_RULES } from './tools.ts'

/** Every option, as choice and option. */
const OPTIONS = readdirSync('templates')
  .map((level) => join('templates', level, 'layer.yaml'))
  .filter((path) => existsSync(path))
  .flatMap((path) => Object.entries<Choice>(parse(readFileSync(path, 'utf8')).choices ?? {}))
  .flatMap(([choice, { options }]) => Object.keys(options).map((option) => [choice, option] as const))

interface Choice {
  readonly options: Readonly<Record<string, unknown>>
}

describe('a project of level 5 begins clean', () => {
  test('there are options to look at', () => expect(OPTIONS.length).toBeGreaterThan(10))

  test.each(OPTIONS)('with %s: %s', (choice, option) => {
    const project = option === 'own' ? ownCode() : createProject(CREDIT, { [choice]: option }, ...LEVEL)
    const dockerfile = existsSync(join(project, 'Dockerfile')) ? [['hadolint', 'Dockerfile']] : []
    for (const [name = '', ...args] of [
      ['ruff', 'check', '.'],
      ['ruff', 'format', '--check', '.'],
      [
        'yamllint',
        '--strict',
        '-d',
        YAML_RULES,
        'deploy',
        'mlops.yaml',
        'policy.yaml',
        'dvc.yaml',
        'params.yaml',
      ],
      ...dockerfile,
    ]) {
      const ran = tool(project, name, ...args)
      expect(ran.code, ran.output).toBe(0)
    }
  })
})

const LEVEL = ['--level', '5', '--no-install']

function ownCode(): string {
  const flags = ['--level', '5', '--stack', 'deploy=compose']
  return created(repository('flat-scripts'), 'data/churn.csv', ...flags)
}
