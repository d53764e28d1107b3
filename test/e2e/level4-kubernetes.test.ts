import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Cluster, hasCluster } from './cluster.ts'
import { commitAll, edit } from './edit.ts'
import { createPrepared } from './prepared.ts'
import { python, SAMPLE } from './projects.ts'
import { type Ran, run, runMeanwhile, scratchFolder } from './run.ts'

const REFUSED = 6

/** Stands in for docker: an image of an artifact always has the same digest, and nobody has to build it. */
const DOCKER = `#!/bin/sh
digest() { printf %s "$1" | sha256sum | cut -c1-64; }
for last; do :; done
case "$*" in
  *RepoDigests*) echo "\${last%:*}@sha256:$(digest "$last")" ;;
  *.Id*) echo "sha256:$(digest "id $last")" ;;
esac
`

describe.runIf(process.env.MATRIX && hasCluster())('deploy=kubernetes: on a real API server', () => {
  let project: string
  let cluster: Cluster
  const { PATH, KUBECONFIG, CONTAINER_ENGINE } = process.env

  beforeAll(async () => {
    project = createPrepared(SAMPLE, { deploy: 'kubernetes' }, '--level', '4')
    edit(project, 'params.yaml', /^model: .*$/m, 'model: {max_rounds: 30}')
    edit(project, 'mlops.yaml', 'seconds: 300', 'seconds: 15')
    edit(project, 'mlops.yaml', 'p95_ms: 250', 'p95_ms: 5000')
    const golden = run(project, 'make', ['data', 'golden'])
    expect(golden.code, golden.output).toBe(0)
    commitAll(project)
    cluster = await Cluster.start()
    const programs = scratchFolder('programs')
    const kubectl = run('/', 'sh', ['-c', 'command -v kubectl']).stdout.trim()
    stub(programs, 'docker', DOCKER)
    // There is nothing that could run a command in a pod: its folder is here.
    const inPod = `cd '${join(project, 'pod')}' && for last; do :; done && exec '${project}/.venv/bin/python' -c "$last"`
    stub(programs, 'kubectl', `#!/bin/sh\nif [ "$1" = exec ]; then ${inPod}; fi\nexec ${kubectl} "$@"\n`)
    Object.assign(process.env, {
      PATH: `${programs}${delimiter}${PATH}`,
      KUBECONFIG: cluster.config,
      CONTAINER_ENGINE: 'docker',
    })
  })

  afterAll(() => {
    cluster.stop()
    Object.assign(process.env, { PATH })
    for (const [name, value] of Object.entries({ KUBECONFIG, CONTAINER_ENGINE }))
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
  })

  test('without a registry nothing is deployed', async () => {
    const refused = await deploy('test')
    expect(refused.code, refused.output).toBe(REFUSED)
    expect(refused.stderr).toContain('image.registry')
    edit(project, 'mlops.yaml', 'registry: null', 'registry: registry.example.org/team')
  })

  test('a version is deployed by the digest of its image, in a namespace that lets no rights in', async () => {
    const deployed = await deploy('test')
    expect(deployed.code, deployed.output).toBe(0)
    expect(await image()).toMatch(/^registry\.example\.org\/team\/model@sha256:\w{64}$/)
    const kinds = 'deployment,service,serviceaccount,hpa,pdb,networkpolicy'
    const made = await cluster.kubectl('-n', 'model-test', 'get', kinds, '-o', 'name')
    expect(made.split('\n')).toHaveLength(6)
    expect(await cluster.kubectl('-n', 'model-test', 'get', 'pods', '-o', 'name')).toBe('pod/model-1')
  })

  test('what pods have predicted is taken over, each prediction once', async () => {
    const made = python(project, TWO_PREDICTIONS)
    expect(made.code, made.output).toBe(0)
    const collect = () => runMeanwhile(project, 'make', ['collect', 'ENV=test'])
    expect((await collect()).stdout).toContain('2 new predictions from 1 pods')
    expect((await collect()).stdout).toContain('0 new predictions from 1 pods')
  })

  test('what does not become ready, or answers with another version, is taken back as a whole', async () => {
    const before = await image()
    edit(project, 'README.md', /$/, '\nAnother artifact.\n')
    cluster.broken = (artifact) => artifact !== live()
    const late = await deploy('test')
    expect(late.code, late.output).toBe(REFUSED)
    expect(late.stderr).toMatch(/timed out.*Version 1 still answers there\./s)
    expect(await image()).toBe(before)
    cluster.broken = () => false
    cluster.says = '9'
    const other = await deploy('test')
    expect(other.code, other.output).toBe(REFUSED)
    expect(other.stderr).toContain('The service answers with version 9, not 1.')
    expect(await image()).toBe(before)
    cluster.says = undefined
    run(project, 'git', ['checkout', '--quiet', 'README.md'])
  })

  test('the next environment has the same image, and goes when it is torn down', async () => {
    const deployed = await deploy('pre-production')
    expect(deployed.code, deployed.output).toBe(0)
    expect(await image('pre-production')).toBe(await image())
    const gone = await runMeanwhile(project, 'make', ['teardown', 'ENV=pre-production'])
    expect(gone.stdout).toContain('Torn down')
  })

  function deploy(environment: string): Promise<Ran> {
    return runMeanwhile(project, join(project, '.venv/bin/model'), ['deploy', environment])
  }

  /** The digest of the artifact that was deployed last. */
  function live(): string {
    const lines = readFileSync(join(project, 'deployments/history.jsonl'), 'utf8').trim().split('\n')
    const tries = lines.map((line) => JSON.parse(line) as { state: string; digest: string })
    return tries.findLast((each) => each.state === 'deployed')?.digest ?? ''
  }

  function image(environment = 'test'): Promise<string> {
    const path = '{.spec.template.spec.containers[0].image}'
    return cluster.kubectl('-n', `model-${environment}`, 'get', 'deploy/model', '-o', `jsonpath=${path}`)
  }
})

function stub(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), text)
  chmodSync(join(folder, name), 0o755)
}

/** Makes the log of a pod. */
const TWO_PREDICTIONS = `
from pathlib import Path
import pandas as pd
from model.log import PREDICTION_COLUMNS, append, open_log
rows = pd.DataFrame([{**dict.fromkeys(PREDICTION_COLUMNS, "x"), "prediction_id": str(i), "score": 1.0} for i in range(2)])
with open_log(Path("pod/monitoring/predictions.sqlite")) as log:
    append(log, "predictions", PREDICTION_COLUMNS, rows)`
