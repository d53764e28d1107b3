import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commitAll, edit } from './edit.ts'
import { dispatch } from './hosted-ci.ts'
import { freePort } from './level2-port.ts'
import { createPrepared } from './prepared.ts'
import { model, readJson, SAMPLE, writeCsv } from './projects.ts'
import { approveVersion } from './review.ts'
import { make, type Ran, run, runMeanwhile } from './run.ts'
import { jsonRows, type Row } from './service.ts'

const REFUSED = 6
const ENVIRONMENTS = ['test', 'pre-production', 'production'] as const
type Environment = (typeof ENVIRONMENTS)[number]
/** So many different rows are asked for in a test of two versions: each of them is answered by both. */
const ASKED = 50
/** Processes that answer in the first environment; with several, each follows a rollout at its own time. */
const WORKERS = process.env.MATRIX ? 2 : 1

/** One project goes from its first deployment to production: each test begins where the one before has ended. */
describe('deploy=local: versions on their way to production', () => {
  let project: string
  let rows: readonly Row[]
  const ports = new Map<Environment, number>()

  beforeAll(async () => {
    project = createPrepared(SAMPLE, {}, '--level', '4')
    for (const name of ENVIRONMENTS) {
      ports.set(name, await freePorts(ports))
      edit(project, `deploy/${name}.yaml`, /^port: .*$/m, `port: ${ports.get(name)}`)
    }
    if (WORKERS > 1) edit(project, 'deploy/test.yaml', 'workers: 1', `workers: ${WORKERS}`)
    edit(project, 'params.yaml', /^model: .*$/m, 'model: {max_rounds: 30}')
    edit(project, 'rollout.yaml', /min_answers: .*$/m, 'min_answers: 20')
    edit(project, 'mlops.yaml', 'seconds: 3', 'seconds: 1')
    edit(project, 'mlops.yaml', 'p95_ms: 250', 'p95_ms: 5000')
    commitAll(project)
    rows = jsonRows(project, 'data/raw/bike-sharing.csv.gz', '.tail(1000)')
  })

  afterAll(async () => {
    for (const name of ENVIRONMENTS) {
      expect(make(project, 'teardown', `ENV=${name}`).stdout).toContain('Torn down')
      await expect(fetch(address(name))).rejects.toThrow()
    }
  })

  test('the very first deployment makes the model that there is not yet, and says so', async () => {
    const before = make(project, 'deploy', 'ENV=production')
    expect(before.code).not.toBe(0)
    expect(before.stderr).toContain('First: make deploy ENV=pre-production')
    const deployed = make(project, 'deploy', 'ENV=test')
    expect(deployed.code, deployed.output).toBe(0)
    expect(deployed.stdout).toContain('No version of the model is registered yet')
    expect(deployed.stdout).toMatch(/^Deployed +version 1 to test: http/m)
    expect((await ask('test', rows[0] as Row)).model_version).toBe('1')
  })

  test('a version is deployed, and a bad artifact is not, without one failed request', async () => {
    edit(project, 'params.yaml', /^model: .*$/m, 'model: {}')
    commitAll(project)
    const trained = make(project, 'pipeline')
    expect(trained.code, trained.output).toBe(0)
    const load = keepAsking('test')
    const deployed = await modelMeanwhile('deploy', 'test')
    expect(deployed.code, deployed.output).toBe(0)
    // The model loads, and all is well until it is asked.
    edit(project, 'src/model/payload.py', 'prediction: str | float\n', 'prediction: int\n')
    const refused = await modelMeanwhile('deploy', 'test')
    run(project, 'git', ['checkout', '--quiet', 'src'])
    expect(refused.code, refused.output).toBe(REFUSED)
    expect(refused.stderr).toMatch(/Not deployed to test: .*Version 2 still answers there\./)
    const { failures, versions } = await load.stop()
    expect(failures).toEqual([])
    expect([versions[0], versions.at(-1), new Set(versions).size]).toEqual(['1', '2', 2])
  })

  test('production is refused before its runs and its approval, and has the same artifact as the others', async () => {
    const refused = (finding: string, name: Environment = 'production') => {
      const made = model(project, 'deploy', name)
      expect(made.code, made.output).toBe(REFUSED)
      expect(made.stderr).toContain(finding)
    }
    const deploy = (name: Environment) => {
      const made = model(project, 'deploy', name)
      expect(made.code, made.output).toBe(0)
    }
    edit(project, 'mlops.yaml', 'qps: 20', 'qps: 900000')
    refused('cd-check has failed. load: ', 'pre-production')
    edit(project, 'mlops.yaml', 'qps: 900000', 'qps: 20')
    deploy('pre-production')
    refused('1 of 2 good runs')
    deploy('pre-production')
    refused('nobody has approved')
    const unseen = make(project, 'approve', 'WHO=A. Person', 'REASON=looked at it')
    expect(unseen.stderr).toContain('Version 2 was not reviewed')
    const promoted = model(project, 'promote', '2')
    expect(promoted.code, promoted.output).toBe(REFUSED)
    expect(promoted.stderr).toContain('Version 2 was not reviewed')
    approveVersion(project, 2)
    const approved = make(project, 'approve', 'WHO=A. Person', 'REASON=looked at it')
    expect(approved.code, approved.output).toBe(0)
    deploy('production')
    expect(readJson(project, 'models/champion.json').version).toBe(2)
    const digests = ENVIRONMENTS.map((name) => readJson(project, `deployments/${name}/active.json`).digest)
    expect(new Set(digests).size).toBe(1)
    expect(readJson(project, `docs/approvals/${digests[0].slice(0, 12)}.json`)).toMatchObject({
      digest: digests[0],
      who: 'A. Person',
      reason: 'looked at it',
    })
  })

  test('a prediction is followed to the checksum of the raw file', async () => {
    const { prediction_id } = await ask('production', rows[0] as Row)
    await new Promise((done) => setTimeout(done, 1500))
    const traced = make(project, 'lineage', `ID=${prediction_id}`)
    expect(traced.code, traced.output).toBe(0)
    const { lineage, run_id } = readJson(project, 'models/champion.json')
    const raw = run(project, 'sha256sum', ['data/raw/bike-sharing.csv.gz']).stdout.slice(0, 64)
    for (const known of [run_id, lineage.git_sha, lineage.data_version, lineage.environment, raw])
      expect(traced.stdout).toContain(known)
    const unknown = model(project, 'lineage', 'no-such-id')
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('no-such-id')
  })

  test('release notes have the metrics of both versions', () => {
    const noted = model(project, 'release-notes', '2')
    expect(noted.code, noted.output).toBe(0)
    const notes = readFileSync(join(project, 'docs/releases/version-2.md'), 'utf8')
    expect(notes).toContain('| | version 1 | version 2 |')
    const [, before, after] = notes.match(/^\| mae on the test rows \| ([\d.]+) \| ([\d.]+) \|$/m) ?? []
    expect(Number(after)).toBeLessThan(Number(before))
  })

  test('a rollout beside version 1 is watched in shadow, stopped by a guard, and tested with sticky keys', async () => {
    const worse = model(project, 'deploy', 'test', '--version', '1')
    expect(worse.code, worse.output).toBe(REFUSED)
    const back = make(project, 'deploy-back', 'ENV=test')
    expect(back.code, back.output).toBe(0)
    edit(project, 'rollout.yaml', /max_latency_ratio: .*$/m, 'max_latency_ratio: 0')
    edit(project, 'rollout.yaml', /latency_floor_ms: .*$/m, 'latency_floor_ms: 0')
    expect((await ask('test', rows[0] as Row)).model_version).toBe('1')
    const rollout = (...args: string[]) => model(project, 'rollout', ...args, '--on', 'test')
    const started = rollout('start', '--mode', 'shadow', '--version', '2')
    expect(started.code, started.output).toBe(0)
    await until(async () => (await status()).mode === 'shadow')
    const shadowed = await askMany(60, (index) => `key ${index}`)
    expect(new Set(shadowed.map((each) => each.model_version))).toEqual(new Set(['1']))
    await until(async () => rollout('status').stdout.includes('latency:'))
    expect(rollout('status').stdout).toContain('stopped')
    const undeclared = rollout('start', '--mode', 'ab', '--version', '2')
    expect(undeclared.code).toBe(2)
    expect(undeclared.stderr).toContain('experiment.metric')

    run(project, 'git', ['checkout', '--quiet', 'rollout.yaml'])
    edit(project, 'rollout.yaml', 'steps: [1, 5, 25, 100]', 'steps: [25, 100]')
    expect(rollout('start', '--version', '2').stdout).toContain('answers 25 % of the keys')
    await until(async () => (await status()).mode === 'canary')
    expect(rollout('advance').stderr).toContain('20 are needed')
    const before = await askMany(160, (index) => `key ${index}`)
    expect(rollout('advance').stdout).toContain('answers 100 % of the keys')
    await until(async () => (await status()).percent === 100)
    const after = await askMany(40, (index) => `key ${index}`)
    expect(new Set(before.map((each) => each.model_version))).toEqual(new Set(['1', '2']))
    expect(new Set(after.map((each) => each.model_version))).toEqual(new Set(['2']))
    expect(rollout('advance').stderr).toContain('Deploy it')
    expect(rollout('stop').code).toBe(0)

    edit(project, 'rollout.yaml', 'metric: null', 'metric: absolute_error')
    edit(project, 'rollout.yaml', 'sample_size: null', 'sample_size: 1200')
    expect(rollout('start', '--mode', 'ab', '--version', '2').code).toBe(0)
    await until(async () => (await status()).mode === 'ab')
    const answers = await askMany(1200, (index) => `key ${index}`, ASKED)
    const again = await askMany(300, (index) => `key ${index}`, ASKED)
    expect(again.map((each) => each.model_version)).toEqual(
      answers.slice(0, 300).map((each) => each.model_version),
    )
    const share = answers.filter((each) => each.model_version === '2').length / answers.length
    expect(Math.abs(share - 0.5)).toBeLessThan(0.06)
    const early = model(project, 'ab-report', '--on', 'test')
    expect(early.stdout, early.output).toContain('undecided')
    // Who has which key differs from run to run, so the better one has to be better by far.
    const foretold = new Map(
      answers
        .map((each, index) => [index % ASKED, each] as const)
        .filter(([, { model_version }]) => model_version === '2'),
    )
    const known = [...answers, ...again].map((each, index) => [
      each.prediction_id as string,
      Math.max(0, Math.round(Number(foretold.get(index % ASKED)?.prediction))).toString(),
    ])
    writeCsv(project, 'actuals.csv', [['prediction_id', 'count'], ...known])
    const log = 'deployments/test/monitoring/predictions.sqlite'
    model(project, 'monitor', '--actuals', 'actuals.csv', '--log', log)
    const report = model(project, 'ab-report', '--on', 'test')
    expect(report.code, report.output).toBe(0)
    expect(report.stdout).toContain('candidate is better')
    edit(project, 'rollout.yaml', 'sample_size: 1200', 'sample_size: 200')
    const moved = model(project, 'ab-report', '--on', 'test')
    expect(moved.code).toBe(2)
    expect(moved.stderr).toContain('experiment.sample_size is 200, but the test began with 1200')
    expect(rollout('stop', '--reason', 'decided').stdout).toContain('decided')
  })

  test.runIf(process.env.MATRIX)(
    'GitHub: a workflow deploys, and to production with an approval only',
    () => {
      commitAll(project)
      const deploy = (environment: Environment, approver = '') =>
        dispatch(
          project,
          '.github/workflows/mlops-deploy.yml',
          { environment, version: '', reason: 'ready' },
          approver,
        )
      const green = (ran: Ran) => expect(ran.code, ran.output).toBe(0)
      const red = (ran: Ran, step: string, finding: string) => {
        expect(ran.code, ran.output).not.toBe(0)
        expect(ran.stdout).toContain(`Failure - Main ${step}`)
        expect(ran.output).toContain(finding)
      }
      green(deploy('test'))
      green(deploy('pre-production'))
      red(deploy('production'), 'approval', 'Nobody has approved this.')
      red(deploy('production', 'octocat'), 'deploy', '1 of 2 good runs')
      green(deploy('pre-production'))
      green(deploy('production', 'octocat'))
      const { digest } = readJson(project, 'deployments/production/active.json')
      expect(digest).toBe(readJson(project, 'deployments/test/active.json').digest)
      const approval = readJson(project, `docs/approvals/${digest.slice(0, 12)}.json`)
      expect(approval).toMatchObject({ who: 'octocat', reason: 'ready' })
    },
  )

  const address = (name: Environment) => `http://127.0.0.1:${ports.get(name)}`

  async function ask(name: Environment, row: Row, key = 'nobody'): Promise<Record<string, string>> {
    const response = await fetch(`${address(name)}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-assignment-key': key },
      body: JSON.stringify(row),
    })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return (await response.json()) as Record<string, string>
  }

  async function askMany(
    count: number,
    key: (index: number) => string,
    among = rows.length,
  ): Promise<Record<string, string>[]> {
    const answers: Record<string, string>[] = []
    for (let index = 0; index < count; index++)
      answers.push(await ask('test', rows[index % among] as Row, key(index)))
    return answers
  }

  async function status(): Promise<{ mode?: string; percent?: number }> {
    const response = await fetch(`${address('test')}/rollout`)
    return (await response.json()) as { mode?: string; percent?: number }
  }

  /** Asks one row after the other over two connections, until it is told to stop. */
  function keepAsking(name: Environment) {
    const failures: string[] = []
    const versions: string[] = []
    let goesOn = true
    const loop = async () => {
      for (let index = 0; goesOn; index++)
        await ask(name, rows[index % rows.length] as Row).then(
          (answer) => versions.push(answer.model_version as string),
          (error) => failures.push(String(error)),
        )
    }
    const loops = [loop(), loop()]
    return {
      stop: async () => {
        goesOn = false
        await Promise.all(loops)
        return { failures, versions }
      },
    }
  }

  function modelMeanwhile(...args: string[]) {
    return runMeanwhile(project, join(project, '.venv/bin/model'), args)
  }
})

/** A port after which two more are free, far from those of the others. */
async function freePorts(known: ReadonlyMap<string, number>): Promise<number> {
  for (;;) {
    const port = await freePort()
    if (port < 64_000 && [...known.values()].every((other) => Math.abs(other - port) > 3)) return port
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds))
  for (let tries = 0; tries < 60; tries++) {
    // One process says so; the others look every second.
    if (await condition().catch(() => false)) return void (await sleep(WORKERS > 1 ? 2000 : 0))
    await sleep(500)
  }
  throw new Error(`not so after 30 seconds: ${condition}`)
}
