import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { CREDIT, createProject } from './projects.ts'
import { run } from './run.ts'
import { tool, YAML_RULES } from './tools.ts'

const hasKubectl = run('/', 'sh', ['-c', 'command -v kubectl']).code === 0

describe.each([
  { environment: 'uv', framework: 'scikit-learn', deploy: 'compose' },
  { environment: 'pip', framework: 'lightgbm', deploy: 'kubernetes' },
])('what is deployed: environment=$environment framework=$framework deploy=$deploy', (stack) => {
  let project: string

  beforeAll(() => {
    project = createProject(CREDIT, stack, '--level', '4', '--no-install')
  })

  test('hadolint has nothing to say about the Dockerfile, and notices a mistake', () => {
    const checked = tool(project, 'hadolint', 'Dockerfile')
    expect(checked.code, checked.output).toBe(0)
    const text = readFileSync(join(project, 'Dockerfile'), 'utf8')
    expect(text.match(/^FROM /gm)).toHaveLength(2)
    expect(text).toMatch(/^USER 10001:10001$/m)
    writeFileSync(join(project, 'Dockerfile.broken'), text.replace('USER 10001:10001', 'USER root'))
    expect(tool(project, 'hadolint', 'Dockerfile.broken').stdout).toContain('DL3002')
  })

  test('its own code and settings are clean', () => {
    const more = stack.deploy === 'compose' ? ['compose.yaml', 'observability/compose.yml'] : []
    for (const ran of [
      tool(project, 'ruff', 'check', '.'),
      tool(project, 'ruff', 'format', '--check', '.'),
      tool(project, 'yamllint', '-d', YAML_RULES, 'deploy', 'mlops.yaml', ...more),
    ])
      expect(ran.code, ran.output).toBe(0)
  })

  test.runIf(stack.deploy === 'compose')('compose.yaml keeps the specification', () => {
    const check = ['--builtin-schema', 'vendor.compose-spec']
    const kept = tool(project, 'check-jsonschema', ...check, 'compose.yaml')
    expect(kept.code, kept.output).toBe(0)
    const text = readFileSync(join(project, 'compose.yaml'), 'utf8')
    writeFileSync(join(project, 'broken.yaml'), text.replaceAll('read_only:', 'readonly:'))
    expect(tool(project, 'check-jsonschema', ...check, 'broken.yaml').code).not.toBe(0)
  })

  test.runIf(stack.deploy === 'kubernetes')('resources keep the schemas of Kubernetes', () => {
    const folder = join(project, 'deploy/kubernetes/base')
    const files = readdirSync(folder).filter((name) => name !== 'kustomization.yaml')
    const kept = tool(folder, 'kubernetes-validate', '--strict', '--quiet', ...files)
    expect(kept.code, kept.output).toBe(0)
    const text = readFileSync(join(folder, 'deployment.yaml'), 'utf8')
    writeFileSync(join(project, 'broken.yaml'), text.replace('readinessProbe', 'readynessProbe'))
    expect(tool(project, 'kubernetes-validate', '--strict', 'broken.yaml').code).not.toBe(0)
  })

  test.runIf(stack.deploy === 'kubernetes' && hasKubectl)('each environment is rendered', () => {
    for (const name of ['test', 'pre-production', 'production']) {
      const rendered = run(project, 'kubectl', ['kustomize', `deploy/kubernetes/overlays/${name}`])
      expect(rendered.code, rendered.output).toBe(0)
      expect(rendered.stdout.match(/^kind: /gm)).toHaveLength(7)
      expect(rendered.stdout).toContain(`app.kubernetes.io/instance: ${name}`)
    }
  })
})
