import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { commitAll, edit } from './edit.ts'
import { killWhile, stepsIn } from './level3-steps.ts'
import { createPrepared, prepare } from './prepared.ts'
import { BIKE, CREDIT, createProject, type DataSet, model, python, readJson, SAMPLE } from './projects.ts'
import { createMlops, make, type Ran, run, runMeanwhile } from './run.ts'
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

/** Settings of two models: the second is nowhere surely worse than the first. */
type Models = readonly [string, string]

const MANY_ROWS: Models = ['{max_rounds: 20}', '{max_rounds: 200}']
/** Smaller trees, as the edited model has them, need more rounds to be better than the baseline in every slice. */
const SMALL_TREES: Models = ['{max_rounds: 100}', '{max_rounds: 400}']
const FEW_ROWS: Models = ['{}', '{l2: 1.5}']

interface Kind {
  readonly data: DataSet
  readonly models: Models
  readonly stack: Readonly<Record<string, string>>
  /** It begins at level 1, is edited there, and goes up level by level. */
  readonly edited?: boolean
  /** What makes a model worse in one slice: a file of the package, and what is put before one of its lines. */
  readonly spoilt?: Spoilt
}

type Spoilt = readonly [file: string, line: string, before: string]

const HOUR_UNKNOWN: Spoilt = [
  'features.py',
  '    return features\n',
  '    features.loc[table["weathersit"] == 3, "hour"] = 12.0\n',
]
const LABELS_MIXED_UP: Spoilt = [
  'model.py',
  '    steps = [("features"',
  '    target = target.mask(inputs["Status_checking_account"] == "A14", "1")\n',
]

const KINDS: readonly Kind[] = [
  {
    data: BIKE,
    models: MANY_ROWS,
    stack: { environment: 'uv', framework: 'lightgbm' },
    spoilt: HOUR_UNKNOWN,
  },
  {
    data: CREDIT,
    models: FEW_ROWS,
    stack: { environment: 'pip', framework: 'lightgbm' },
    spoilt: LABELS_MIXED_UP,
  },
  { data: WEATHER, models: MANY_ROWS, stack: { environment: 'uv', framework: 'scikit-learn' } },
  {
    data: SAMPLE,
    models: MANY_ROWS,
    stack: { environment: 'uv', framework: 'scikit-learn' },
    spoilt: HOUR_UNKNOWN,
  },
  {
    data: BIKE,
    models: SMALL_TREES,
    stack: { environment: 'uv', framework: 'lightgbm' },
    edited: true,
    spoilt: HOUR_UNKNOWN,
  },
  {
    data: SAMPLE,
    models: MANY_ROWS,
    stack: { environment: 'uv', framework: 'scikit-learn' },
    edited: true,
    spoilt: HOUR_UNKNOWN,
  },
  {
    data: CREDIT,
    models: FEW_ROWS,
    stack: { environment: 'uv', framework: 'scikit-learn' },
    edited: true,
    spoilt: LABELS_MIXED_UP,
  },
]

const named = KINDS.map((kind) => {
  const stack = Object.entries(kind.stack).map((choice) => choice.join('='))
  return [
    [kind.data.name, ...stack, ...(kind.edited ? ['from an edited level 1'] : [])].join(', '),
    kind,
  ] as const
})

// Longer than CI has: `npm run test:matrix` runs it.
describe.runIf(process.env.MATRIX).each(named)('level 3 with %s', (_name, kind) => {
  const { data, models, stack, edited, spoilt } = kind
  let project: string

  beforeAll(() => {
    project = edited ? upgraded(data, stack) : createPrepared(data, stack, '--level', '3')
    choose(models[0])
    expect(make(project, 'data', 'golden').code).toBe(0)
    commitAll(project)
  })

  test('a pipeline that is killed goes on where it was, and a second run does nothing', async () => {
    await killWhile(project, 'train')
    const resumed = make(project, 'pipeline')
    expect(resumed.code, resumed.output).toBe(0)
    expect(stepsIn(resumed.stdout)).toEqual(['train', 'evaluate', 'validate-model', 'register'])
    expect(make(project, 'pipeline').stdout).toContain('every step is up to date')
  })

  test('a touched input runs what depends on it, and nothing else', () => {
    choose(models[1])
    const changed = make(project, 'pipeline')
    expect(stepsIn(changed.stdout)).toEqual(['train', 'evaluate', 'validate-model', 'register'])
    expect([0, 2]).toContain(changed.code)
    const [, path] = readFileSync(join(project, 'contract.yaml'), 'utf8').match(/path: "(.+)"/) as string[]
    withoutLastLine(join(project, path as string))
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

  test.runIf(spoilt)('a model that is worse in one slice is refused, and the slice is named', () => {
    const champion = readJson(project, 'models/champion.json').version
    const [file, line, before] = spoilt as Spoilt
    const back = edit(project, `src/model/${file}`, line, `${before}${line}`)
    const refused = make(project, 'pipeline')
    back()
    expect(refused.stdout, refused.output).toMatch(
      /^Refused +slices beside champion \(version \d+\): worse in /m,
    )
    const [, version] = refused.stdout.match(/^register +version (\d+), refused/m) as string[]
    const promoted = model(project, 'promote', version as string)
    expect(promoted.code, promoted.output).toBe(6)
    expect(promoted.stderr).toContain('worse in ')
    expect(readJson(project, 'models/champion.json').version).toBe(champion)
  })

  test.runIf(stack.environment === 'uv')(
    'other packages make another version, and a rollback brings back those of before',
    () => {
      // The same model is made again, with other packages.
      const before = 2
      const champion = () => readJson(project, 'models/champion.json').version
      if (champion() !== before) expectOk(model(project, 'rollback'))
      expect(champion()).toBe(before)
      const lock = readFileSync(join(project, 'uv.lock'), 'utf8')
      expectOk(run(project, 'uv', ['add', '--quiet', 'humanize']))
      expectOk(make(project, 'setup'))
      const made = make(project, 'pipeline')
      expectOk(made)
      const [, version] = made.stdout.match(/^register +version (\d+)/m) as string[]
      expectOk(model(project, 'promote', version as string))
      const back = make(project, 'rollback')
      expectOk(back)
      expect(back.stdout).toContain(`Packages   those of version ${before}`)
      expect(readJson(project, 'models/champion.json').version).toBe(before)
      expect(readFileSync(join(project, 'uv.lock'), 'utf8')).toBe(lock)
      expect(python(project, 'import humanize').code).not.toBe(0)
      expect(make(project, 'golden', 'check').code).toBe(0)
    },
  )

  test('its own checks pass', () => {
    const checked = make(project, 'golden', 'check')
    expect(checked.code, checked.output).toBe(0)
    expect(readJson(project, 'models/champion.json').version).toBeGreaterThan(0)
  })

  function choose(settings: string): void {
    const before = readFileSync(join(project, 'params.yaml'), 'utf8')
    writeFileSync(join(project, 'params.yaml'), before.replace(/^model: .*$/m, `model: ${settings}`))
  }
})

/** A project that began at level 1, was edited there, and went up level by level. */
function upgraded(data: DataSet, stack: Kind['stack']): string {
  const project = createProject(data, stack, '--no-install')
  edit(project, 'src/model/model.py', 'max_leaves=31', 'max_leaves=15')
  for (const _ of [2, 3]) {
    commitAll(project)
    expectOk(createMlops(project, 'upgrade', '--yes'))
  }
  prepare(project)
  expect(readFileSync(join(project, 'src/model/model.py'), 'utf8')).toContain('max_leaves=15')
  return project
}

function withoutLastLine(path: string): void {
  const isPacked = path.endsWith('.gz')
  const content = readFileSync(path)
  const lines = (isPacked ? gunzipSync(content) : content).toString('utf8').trimEnd().split('\n')
  const text = `${lines.slice(0, -1).join('\n')}\n`
  writeFileSync(path, isPacked ? gzipSync(text) : text)
}

function expectOk(ran: Ran): void {
  expect(ran.code, ran.output).toBe(0)
}
