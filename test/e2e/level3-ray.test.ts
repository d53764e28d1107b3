import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from './level2-port.ts'
import { createPrepared } from './prepared.ts'
import { BIKE, model, readCsv } from './projects.ts'
import { type Ran, run, runMeanwhile } from './run.ts'

// Ray may know the first by another address of the machine.
const NODES = ['127.0.0.1', '127.0.0.2']

// Longer than CI has: `npm run test:matrix` runs it.
describe.runIf(process.env.MATRIX)('compute=ray on a cluster of two nodes', () => {
  let project: string
  let folder: string
  const env: NodeJS.ProcessEnv = {
    RAY_USAGE_STATS_ENABLED: '0',
    RAY_AUTH_MODE: 'token',
    RAY_AUTH_TOKEN: 'a-token-that-every-node-has-to-know',
  }

  beforeAll(async () => {
    project = createPrepared(BIKE, { compute: 'ray' }, '--level', '3')
    // The names of sockets must be short.
    folder = mkdtempSync('/tmp/ray-')
    const port = await freePort()
    env.RAY_ADDRESS = `${NODES[0]}:${port}`
    Object.assign(process.env, env)
    start(0, '--head', `--port=${port}`, `--temp-dir=${folder}`, '--include-dashboard=false')
    start(1, `--address=${env.RAY_ADDRESS}`)
  })

  afterAll(() => {
    for (const name of Object.keys(env)) delete process.env[name]
    // Everything that Ray starts has the folder of its session on its command line.
    for (const pid of pidsOf(folder)) process.kill(pid, 'SIGKILL')
    rmSync(folder, { recursive: true })
  })

  test('training and prediction are done there, and give what this machine gives', () => {
    expect(model(project, 'data').code).toBe(0)
    expect(model(project, 'golden').code).toBe(0)
    const made = model(project, 'pipeline')
    expect(made.code, made.output).toBe(0)
    expect(made.stdout).toMatch(/train +on node [\d.]+, sha256/)
    expect(predict('here.csv', 100_000).stdout).not.toContain('parts')
    const there = predict('there.csv', 20)
    expect(there.stdout).toMatch(/36 parts on 2 nodes: .*127\.0\.0\.2/)
    const scores = (path: string) => readCsv(project, path).map((row) => row.at(-1))
    expect(scores('there.csv')).toEqual(scores('here.csv'))
  })

  test('a search goes on when a node is killed in the middle', async () => {
    const searching = runMeanwhile(project, join(project, '.venv/bin/model'), ['tune', '--trials', '12'])
    await vi.waitFor(() => expect(trials()).toBeGreaterThan(2), { timeout: 300_000, interval: 500 })
    const raylets = pidsOf('raylet/raylet', `--node_ip_address=${NODES[1]}`, folder)
    expect(raylets).toHaveLength(1)
    for (const pid of raylets) process.kill(pid, 'SIGKILL')
    const before = trials()
    const searched = await searching
    expect(before).toBeLessThan(12)
    expect(searched.code, searched.output).toBe(0)
    expect(searched.stdout).toMatch(/Nodes +(?=.*127\.0\.0\.2).*, /)
    expect(searched.stdout).toMatch(/Trials +12/)
    expect(trials()).toBe(12)
  })

  test('the node that is left does the rest', () => {
    const rest = predict('rest.csv', 20)
    expect(rest.stdout).toContain('36 parts on 1 node: ')
    expect(rest.stdout).not.toContain(NODES[1])
  })

  test('a cluster that is not there is named', () => {
    const refused = run(project, join(project, '.venv/bin/model'), ['tune'], { RAY_ADDRESS: '127.0.0.1:1' })
    expect(refused.code, refused.output).toBe(1)
    expect(refused.stderr).toContain('The Ray cluster at 127.0.0.1:1 does not answer')
    expect(refused.stderr).not.toContain('Traceback')
  })

  function start(node: number, ...args: string[]): void {
    const flags = ['--num-cpus=1', '--object-store-memory=100000000', '--disable-usage-stats', ...args]
    const started = run(
      project,
      '.venv/bin/ray',
      ['start', `--node-ip-address=${NODES[node]}`, ...flags],
      env,
    )
    expect(started.code, started.output).toBe(0)
  }

  function predict(output: string, rows: number): Ran {
    const settings = join(project, 'mlops.yaml')
    const text = readFileSync(settings, 'utf8').replace(/rows_a_task: \d+/, `rows_a_task: ${rows}`)
    writeFileSync(settings, text)
    const predicted = model(project, 'predict', 'examples/good-month.csv', output)
    expect(predicted.code, predicted.output).toBe(0)
    return predicted
  }

  /** How many trials of a search have ended, as MLflow knows them. */
  function trials(): number {
    const script = `
import sqlite3
with sqlite3.connect("file:mlruns/mlflow.sqlite?mode=ro", uri=True) as db:
    print(db.execute("select count(*) from tags where key = 'mlflow.parentRunId'").fetchone()[0])`
    return Number(run(project, join(project, '.venv/bin/python'), ['-c', script]).stdout)
  }
})

/** The processes whose command lines hold all of these texts. */
function pidsOf(...texts: string[]): number[] {
  const listed = run('.', 'ps', ['-ww', '-eo', 'pid=,args=']).stdout.split('\n')
  const found = listed.filter((line) => texts.every((text) => line.includes(text)))
  return found.map((line) => Number(line.trim().split(' ')[0])).filter((pid) => pid !== process.pid)
}
