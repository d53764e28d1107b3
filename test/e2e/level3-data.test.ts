import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { killWhile, stepsIn } from './level3-steps.ts'
import { createPrepared } from './prepared.ts'
import { BIKE, CREDIT, type DataSet, model, readJson } from './projects.ts'
import { make, run, runMeanwhile } from './run.ts'
import { type Answer, jsonRows, keepAsking, metric, startService } from './service.ts'

const WEATHER: DataSet = {
  name: 'the weather, one of several',
  task: 'multiclass',
  flags: (folder) => {
    const file = join(folder, 'weather.csv')
    writeFileSync(file, gunzipSync(readFileSync(resolve('samples/bike-sharing/bike-sharing.csv.gz'))))
    return ['--data', file, '--target', 'weathersit', '--task', 'multiclass']
  },
}

const KINDS = [
  { data: BIKE, stack: { environment: 'uv', framework: 'lightgbm' } },
  { data: CREDIT, stack: { environment: 'pip', framework: 'lightgbm' } },
  { data: WEATHER, stack: { environment: 'uv', framework: 'scikit-learn' } },
] as const

// Longer than CI has: `npm run test:matrix` runs it.
describe.runIf(process.env.MATRIX).each(
  KINDS.map(({ data, stack }) => ({
    data,
    stack,
    name: `${data.name}, environment=${stack.environment} framework=${stack.framework}`,
  })),
)('level 3 with $name', ({ data, stack }) => {
  let project: string

  beforeAll(() => {
    project = createPrepared(data, stack, '--level', '3')
    expect(make(project, 'data', 'golden').code).toBe(0)
    commit('The data')
  })

  test('a pipeline that is killed goes on where it was, and a second run does nothing', async () => {
    await killWhile(project, 'train')
    const resumed = make(project, 'pipeline')
    expect(resumed.code, resumed.output).toBe(0)
    expect(stepsIn(resumed.stdout)).toEqual(['train', 'evaluate', 'validate-model', 'register'])
    expect(make(project, 'pipeline').stdout).toContain('every step is up to date')
  })

  test('a touched input runs what depends on it, and nothing else', () => {
    writeFileSync(
      join(project, 'params.yaml'),
      readFileSync(join(project, 'params.yaml'), 'utf8').replace(/^model: .*$/m, 'model: {l2: 1.5}'),
    )
    const changed = make(project, 'pipeline')
    expect(stepsIn(changed.stdout)).toEqual(['train', 'evaluate', 'validate-model', 'register'])
    expect([0, 2]).toContain(changed.code)
    const [, path] = readFileSync(join(project, 'contract.yaml'), 'utf8').match(/path: "(.+)"/) as string[]
    const source = join(project, path as string)
    const lines = readFileSync(source, 'utf8').trimEnd().split('\n')
    writeFileSync(source, `${lines.slice(0, -1).join('\n')}\n`)
    const collected = make(project, 'pipeline')
    expect(stepsIn(collected.stdout).slice(0, 2)).toEqual(['ingest', 'validate'])
    expect([0, 2]).toContain(collected.code)
  })

  test('versions are promoted and rolled back while it answers, without a failed request', async () => {
    const promotable = [1, 2, 3].filter((each) => model(project, 'promote', String(each)).code === 0)
    expect(promotable.length).toBeGreaterThan(1)
    const service = await startService(project)
    const load = keepAsking(service, jsonRows(project, 'examples/good-month.csv'))
    const program = join(project, '.venv/bin/model')
    const back = await runMeanwhile(project, program, ['rollback'])
    await sleep(2_000)
    const again = await runMeanwhile(project, program, ['promote', String(promotable.at(-1))])
    await sleep(2_000)
    const answers = await load.stop()
    const numbers = (await service.get('/metrics')).body
    expect(await service.stop('SIGTERM')).toBe('')
    expect(back.code, back.output).toBe(0)
    expect(again.code, again.output).toBe(0)
    expect(answers.filter((each) => each instanceof Error || each.status !== 200)).toEqual([])
    const versions = answers.map((each) => JSON.parse((each as Answer).body).model_version)
    expect(new Set(versions).size).toBe(2)
    expect(metric(numbers, 'model_predictions_total')).toBe(answers.length)
  })

  test('the first run is made again with the same bytes', () => {
    const made = make(project, 'reproduce', 'RUN=1')
    expect(made.code, made.output).toBe(0)
    expect(made.stdout).toContain('same bytes')
  })

  test('its own checks pass', () => {
    const checked = make(project, 'golden', 'check')
    expect(checked.code, checked.output).toBe(0)
    expect(readJson(project, 'models/champion.json').version).toBeGreaterThan(0)
  })

  function commit(message: string): void {
    run(project, 'git', ['add', '--all'])
    run(project, 'git', ['commit', '--quiet', '--no-verify', '--message', message])
  }
})
