import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { commitAll, edit } from './edit.ts'
import { act, gitlab, hasRsync } from './hosted-ci.ts'
import { freePort } from './level2-port.ts'
import { createPrepared } from './prepared.ts'
import { CODES, readJson, SAMPLE } from './projects.ts'
import { createMlops, make, run } from './run.ts'

const WORKFLOW = '.github/workflows/mlops-ci.yml'
const REFUSED = 6
/** Nobody answers there: what a project without a network has. */
const CLOSED = 'http://127.0.0.1:9/v1/query'
const INPUT_MORE = '"Row": {\n        "properties": {\n          "an input": {"type": "string"},'
/** Tests that take longer than CI has: `npm run test:matrix` runs them. */
const thorough = test.runIf(process.env.MATRIX)

/** For each kind of test that Google asks of a pipeline: a break, and the one file of tests that has to notice. */
const KINDS: [string, string, string, string, string][] = [
  [
    'feature units',
    'features.py',
    'dates.dt.hour,',
    'dates.dt.hour.replace(22, 0),',
    'test_feature_units.py',
  ],
  [
    'methods of the model',
    'scorer.py',
    'score >= self.threshold',
    'score > self.threshold',
    'test_model_methods.py',
  ],
  [
    'convergence',
    'model.py',
    'max(2, len(inputs) // 20)',
    'max(20, len(inputs) // 20)',
    'test_convergence.py',
  ],
  [
    'no NaN',
    'scorer.py',
    'values = np.asarray(self.pipeline.predict(inputs), dtype="float64")',
    'huge = inputs.select_dtypes("number").abs() > 1e14; ' +
      'values = np.where(huge.any(axis=1), np.nan, self.pipeline.predict(inputs))',
    'test_no_nan.py',
  ],
  [
    'artifacts of components',
    'feature_table.py',
    '_describe_column(table[name]) for name in table.columns}',
    '_describe_column(table[name]) for name in table.columns[1:]}',
    'test_component_artifacts.py',
  ],
  [
    'integration of components',
    'evaluation.py',
    'dataset.inputs.iloc[rows.development], known)',
    'dataset.inputs.iloc[rows.train], dataset.target.iloc[rows.train])',
    'test_component_integration.py',
  ],
]

describe('CI of a new project at level 4: environment=uv framework=scikit-learn ci=github', () => {
  let project: string

  beforeAll(() => {
    project = createPrepared(SAMPLE, { ci: 'github' }, '--level', '4')
    edit(project, 'mlops.yaml', 'advisories: pypi', `advisories: ${CLOSED}`)
    const made = make(project, 'all', 'ci')
    expect(made.code, made.output).toBe(0)
    commitAll(project)
  }, 1_800_000)

  test('make ci is green, and its report has tests, metrics, charts, checks, time and security', () => {
    const report = readFileSync(join(project, 'reports/ci/report.md'), 'utf8')
    for (const part of [
      '## Tests',
      '| mae |',
      '```mermaid',
      '| load | yes |',
      '| train | ',
      '| secrets | yes |',
    ])
      expect(report).toContain(part)
    expect(report).toContain('NOT AUDITED')
    expect(report).not.toMatch(/\| NO \||failed: /)
    const bill = readJson(project, 'reports/ci/sbom.json')
    expect(bill.bomFormat).toBe('CycloneDX')
    expect(bill.components.map(({ name }: { name: string }) => name)).toContain('scikit-learn')
  })

  test('the six kinds of tests: each notices what it is for, and nothing else does', () => {
    const failed = failedWith(project, KINDS)
    expect(failed).toEqual(new Set(KINDS.map(([, , , , guard]) => guard)))
  })

  thorough.each(KINDS)('%s: of all tests its own file alone fails', (...kind) => {
    expect(failedWith(project, [kind], 'tests')).toEqual(new Set([kind[4]]))
  })

  test('tests that are gone, and lines that they ran, are missed', () => {
    const gone = join(project, 'tests/test_spool.py')
    const healthy = readFileSync(gone)
    rmSync(gone)
    const without = make(project, 'ci-coverage')
    writeFileSync(gone, healthy)
    expect(without.code).not.toBe(0)
    expect(without.stderr).toContain('tests/test_spool.py is gone')
    const measured = join(project, 'reports/ci/coverage/code')
    const data = readFileSync(measured)
    rmSync(measured)
    const less = make(project, 'ci-coverage')
    writeFileSync(measured, data)
    expect(less.code).not.toBe(0)
    expect(less.stderr).toMatch(/src\/model\/\w+\.py: \d+% of the lines, was \d+%/)
    expect(make(project, 'ci-coverage').code).toBe(0)
  })

  test('checks before delivery: each fails on what it is for, and no other', () => {
    const rehearsal = join(project, '.ci/rehearsal')
    const breaks: [string, string, string, string][] = [
      ['package', 'params.yaml', 'memory_gb: 1', 'memory_gb: 1000000'],
      ['interface', 'tests/golden/openapi.json', '"Row": {\n        "properties": {', INPUT_MORE],
      ['load', 'mlops.yaml', 'qps: 20', 'qps: 900000'],
      ['data', 'contract.yaml', 'min: 0.02\n    max: 1', 'min: 0.02\n    max: 0.03'],
      ['targets', 'params.yaml', 'targets: {}', 'targets: {mae: 0.001}'],
    ]
    edit(rehearsal, 'mlops.yaml', 'seconds: 3', 'seconds: 1')
    expect(failedChecks(rehearsal)).toEqual([])
    for (const group of [
      ['package', 'load', 'data'],
      ['interface', 'targets'],
    ]) {
      const undo = breaks
        .filter(([name]) => group.includes(name))
        .map(([, path, before, after]) => edit(rehearsal, path, before, after))
      expect(failedChecks(rehearsal)).toEqual(group)
      for (const back of undo.reverse()) back()
    }
  })

  test('slower training is noticed', () => {
    const back = edit(
      project,
      'src/model/model.py',
      '    prepare = Pipeline(steps)',
      '    __import__("time").sleep(3)\n    prepare = Pipeline(steps)',
    )
    const made = make(project, 'ci-performance')
    back()
    expect(made.code).not.toBe(0)
    expect(made.stderr).toMatch(/training takes \d+\.\d times what was recorded/)
  })

  test('a key, a hole in a package and an action by its tag are found', async () => {
    const server = await startAdvisories('jinja2')
    const backs = [
      edit(project, 'mlops.yaml', CLOSED, server),
      edit(project, WORKFLOW, /actions\/checkout@\w+ # v4.2.2/, 'actions/checkout@v4'),
    ]
    // In two parts, so that it is no key here.
    writeFileSync(join(project, 'scripts/deploy.py'), `KEY = "AKIA${'IOSFODNN7EXAMPLQ'}"\n`)
    const made = make(project, 'ci-security')
    rmSync(join(project, 'scripts/deploy.py'))
    for (const back of backs) back()
    expect(made.code).not.toBe(0)
    expect(made.stdout).toMatch(/^FAIL {2}secrets: .*scripts\/deploy\.py/m)
    expect(made.stdout).toMatch(
      /^FAIL {2}dependencies: known holes: Jinja2 \S+ has PLANTED-1, mended in 99\.0/im,
    )
    expect(made.stdout).toMatch(/^FAIL {2}workflows: .*unpinned/m)
  })

  test('what must be audited and cannot be is an error', () => {
    const back = edit(project, 'mlops.yaml', 'unaudited: warn', 'unaudited: fail')
    const made = make(project, 'ci-security')
    back()
    expect(made.code).not.toBe(0)
    expect(made.stdout).toMatch(/^FAIL {2}dependencies: NOT AUDITED/m)
  })

  test('a version that nobody has reviewed cannot go on', () => {
    const rehearsal = join(project, '.ci/rehearsal')
    const refused = run(rehearsal, join(project, '.venv/bin/model'), ['review', '--check', '1'])
    expect(refused.code, refused.output).toBe(REFUSED)
    expect(refused.stderr).toContain('docs/reviews/version-1.md')
  })

  test('GitHub: a job runs by act on a default branch of another name, and on no other branch', () => {
    run(project, 'git', ['checkout', '--quiet', '-B', 'trunk'])
    const ran = act(project, WORKFLOW, '--defaultbranch', 'trunk', '-j', 'check', '--matrix', 'job:data')
    expect(ran.code, ran.output).toBe(0)
    expect(ran.stdout).toContain('Job succeeded')
    const other = act(project, WORKFLOW, '--defaultbranch', 'main', '-j', 'check', '--matrix', 'job:data')
    expect(other.stdout).not.toContain('Job succeeded')
  })

  thorough(
    'GitHub: the whole workflow is green, and a mutation is red in its own job',
    () => {
      run(project, 'git', ['checkout', '--quiet', '-B', 'trunk'])
      const flags = ['--defaultbranch', 'trunk']
      const ran = act(project, WORKFLOW, ...flags)
      expect(ran.code, ran.output).toBe(0)
      const [, file, before, after] = KINDS[2] as (typeof KINDS)[number]
      const back = edit(project, `src/model/${file}`, before, after)
      commitAll(project)
      const broken = act(project, WORKFLOW, ...flags)
      back()
      commitAll(project)
      // act calls every job of a matrix failed that ends after one that has; a step says what has happened.
      const red = new Set([...broken.stdout.matchAll(/Failure - Main (\w+)/g)].map(([, step]) => step))
      expect(red).toEqual(new Set(['model']))
    },
    1_800_000,
  )

  test.runIf(hasRsync())('ci=gitlab: the same project on GitLab', () => {
    const moved = createMlops(project, 'set', 'ci=gitlab', '--yes')
    expect(moved.code, moved.output).toBe(0)
    commitAll(project)
    const ran = gitlab(project, ...(process.env.MATRIX ? [] : ['ci-data']))
    expect(ran.code, ran.output).toBe(0)
    expect(ran.stdout).toMatch(/PASS.*ci-data/)
  })
})

/** Breaks files of the package, runs the tests of model and pipeline (or others), and tells which files failed. */
function failedWith(
  project: string,
  breaks: readonly (typeof KINDS)[number][],
  ...tests: string[]
): Set<string | undefined> {
  const backs = breaks.map(([, file, before, after]) => edit(project, `src/model/${file}`, before, after))
  const files = tests.length > 0 ? tests : KINDS.map(([, , , , guard]) => `tests/${guard}`)
  const others =
    tests.length > 0 ? [] : ['tests/test_regression.py', 'tests/test_skew.py', 'tests/test_commands.py']
  const ran = run(project, join(project, '.venv/bin/pytest'), ['--no-header', '-rfE', ...files, ...others])
  for (const back of backs.reverse()) back()
  return new Set([...ran.stdout.matchAll(/^(?:FAILED|ERROR) tests\/(\w+\.py)/gm)].map(([, name]) => name))
}

function failedChecks(rehearsal: string): string[] {
  const ran = run(rehearsal, join(rehearsal, '.venv/bin/model'), ['cd-check', '1'])
  const failed = [...ran.stdout.matchAll(/^FAIL +(\w+):/gm)].map(([, name]) => name as string)
  expect(ran.code, ran.output).toBe(failed.length > 0 ? REFUSED : CODES.ok)
  return failed
}

/** A server that speaks the protocol of OSV and knows a hole in one package. Returns its address. */
async function startAdvisories(name: string): Promise<string> {
  const port = await freePort()
  const script = `
const hole = { id: 'PLANTED-1', summary: 'planted', details: 'planted', modified: '2026-01-01T00:00:00Z', affected: [{
  package: { name: '${name}', ecosystem: 'PyPI' },
  ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '99.0' }] }] }] }
require('node:http').createServer((request, response) => {
  let body = ''
  request.on('data', (part) => { body += part }).on('end', () => {
    const asked = JSON.parse(body).package.name.toLowerCase()
    response.end(JSON.stringify(asked === '${name}' ? { vulns: [hole] } : {}))
  })
}).listen(${port}, '127.0.0.1', () => console.log('ready'))`
  const server = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void server.kill())
  await once(server.stdout, 'data')
  return `http://127.0.0.1:${port}/v1/query`
}
