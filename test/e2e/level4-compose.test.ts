import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commitAll, edit } from './edit.ts'
import { freePort } from './level2-port.ts'
import { createPrepared } from './prepared.ts'
import { CREDIT, model, python, readJson, SAMPLE } from './projects.ts'
import { added, repository } from './repositories.ts'
import { make, run, runMeanwhile } from './run.ts'

const REFUSED = 6
const ENGINE = process.env.CONTAINER_ENGINE ?? 'docker'
const BASE = 'python:3.11-slim-bookworm'

/** It takes minutes, an engine that can run containers, and the base image. */
const canRun =
  process.env.MATRIX !== undefined &&
  run('/', 'sh', ['-c', `command -v ${ENGINE} && ${ENGINE} run --rm ${BASE} python --version`]).code === 0

describe.runIf(canRun)('deploy=compose: containers of one image', () => {
  let project: string
  let port: number
  let row: string

  beforeAll(async () => {
    project = createPrepared(SAMPLE, { deploy: 'compose' }, '--level', '4')
    port = await freePort()
    edit(project, 'deploy/test.yaml', /^port: .*$/m, `port: ${port}`)
    edit(project, 'deploy/pre-production.yaml', /^port: .*$/m, `port: ${port + 10}`)
    edit(project, 'mlops.yaml', 'p95_ms: 250', 'p95_ms: 5000')
    edit(project, 'mlops.yaml', 'base: auto', `base: ${BASE}`)
    edit(project, 'params.yaml', /^model: .*$/m, 'model: {max_rounds: 30}')
    commitAll(project)
    row = python(project, FIRST_ROW).stdout
  })

  afterAll(() => {
    for (const name of ['test', 'pre-production']) make(project, 'teardown', `ENV=${name}`)
    expect(containers()).toEqual([])
  })

  test('an image is built, and its container answers as an account without rights', async () => {
    const deployed = make(project, 'deploy', 'ENV=test')
    expect(deployed.code, deployed.output).toBe(0)
    expect(await ask()).toBe('1')
    const [container] = containers('blue')
    const account = run(project, ENGINE, ['exec', container as string, 'sh', '-c', 'id -u; touch /app/file'])
    expect(account.stdout.trim()).not.toBe('0')
    expect(account.stderr).toContain('Read-only file system')
  })

  test('another version replaces it, and a container that ends does not, without one failed request', async () => {
    edit(project, 'params.yaml', /^model: .*$/m, 'model: {max_rounds: 60}')
    commitAll(project)
    expect(make(project, 'pipeline').code).toBe(0)
    const load = keepAsking()
    const deployed = await runMeanwhile(project, join(project, '.venv/bin/model'), ['deploy', 'test'])
    expect(deployed.code, deployed.output).toBe(0)
    edit(project, 'Dockerfile', /^ENTRYPOINT .*$/m, 'ENTRYPOINT ["false"]')
    const refused = await runMeanwhile(project, join(project, '.venv/bin/model'), ['deploy', 'test'])
    run(project, 'git', ['checkout', '--quiet', 'Dockerfile'])
    expect(refused.code, refused.output).toBe(REFUSED)
    expect(refused.stderr).toMatch(/Not deployed to test: .*Version 2 still answers there\./s)
    const { failures, versions } = await load.stop()
    expect(failures).toEqual([])
    expect([versions[0], versions.at(-1)]).toEqual(['1', '2'])
  })

  test('the next environment runs the same image', () => {
    const deployed = model(project, 'deploy', 'pre-production')
    expect(deployed.code, deployed.output).toBe(0)
    const { digest } = readJson(project, 'deployments/pre-production/active.json')
    const { id } = readJson(project, `deployments/images/${digest.slice(0, 12)}.json`)
    const running = ['blue', 'green']
      .flatMap((color) => containers(color))
      .map((each) => run(project, ENGINE, ['inspect', '--format', '{{.Image}}', each]).stdout.trim())
    expect(running).toHaveLength(2)
    expect(new Set(running.map((each) => `sha256:${each.replace('sha256:', '')}`))).toEqual(new Set([id]))
  })

  /** The containers of this project that run. */
  function containers(service?: string): string[] {
    const labels = { 'project.working_dir': project, ...(service === undefined ? {} : { service }) }
    const filters = Object.entries(labels).map(([name, value]) => `label=com.docker.compose.${name}=${value}`)
    const listed = run(project, ENGINE, ['ps', '--quiet', ...filters.flatMap((each) => ['--filter', each])])
    return listed.stdout.split('\n').filter((line) => line !== '')
  }

  async function ask(): Promise<string> {
    const headers = { 'content-type': 'application/json' }
    const url = `http://127.0.0.1:${port}/predict`
    const response = await fetch(url, { method: 'POST', headers, body: row })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return ((await response.json()) as { model_version: string }).model_version
  }

  function keepAsking() {
    const failures: string[] = []
    const versions: string[] = []
    let goesOn = true
    const loop = (async () => {
      while (goesOn)
        await ask().then(
          (version) => versions.push(version),
          (error) => failures.push(String(error)),
        )
    })()
    return {
      stop: async () => {
        goesOn = false
        await loop
        return { failures, versions }
      },
    }
  }
})

/** A deployment is refused unless the container answers the sample rows as the model did. */
describe.runIf(canRun)('deploy=compose: the image of', () => {
  test('environment=pip framework=lightgbm', async () => {
    const stack = { environment: 'pip', framework: 'lightgbm', deploy: 'compose' }
    await deployOnce(createPrepared(CREDIT, stack, '--level', '4'))
  })

  test('framework=own: code that is called, with packages that the project has not', async () => {
    const root = repository('flat-scripts')
    edit(root, 'requirements.txt', /$/, '\nhumanize\n')
    edit(root, 'utils.py', /^/, 'import humanize\n')
    commitAll(root)
    const project = added(root, 'data/churn.csv', '--level', '4', '--stack', 'deploy=compose')
    expect(python(project, 'import humanize').code).not.toBe(0)
    // On few rows its model is not surely better than none.
    edit(project, 'mlops.yaml', 'confidence: 0.95', 'confidence: 0.5')
    await deployOnce(project)
  })

  async function deployOnce(project: string): Promise<void> {
    edit(project, 'deploy/test.yaml', /^port: .*$/m, `port: ${await freePort()}`)
    edit(project, 'mlops.yaml', 'base: auto', `base: ${BASE}`)
    commitAll(project)
    const deployed = make(project, 'deploy', 'ENV=test')
    const ended = make(project, 'teardown', 'ENV=test')
    expect(deployed.code, deployed.output).toBe(0)
    expect(ended.code, ended.output).toBe(0)
  }
})

/** Prints the newest row of the sample, as a request holds it. */
const FIRST_ROW = `
import json
from pathlib import Path
from model import config, contract, payload, table
known = contract.load_contract(config.load_config())
rows = table.read_table(Path("data/raw/bike-sharing.csv.gz"), known).tail(1).reset_index(drop=True)
print(json.dumps(payload.as_json_rows(rows, known)[0]))`
