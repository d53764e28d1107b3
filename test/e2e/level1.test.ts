import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import * as checks from './level1-checks.ts'
import { BIKE, CREDIT, createProject, model, SAMPLE } from './projects.ts'
import { make, run } from './run.ts'
import { LEVEL1_STACKS } from './stacks.ts'
import { tool } from './tools.ts'

const CASES = [
  ...LEVEL1_STACKS.flatMap((stack) => [
    { data: SAMPLE, stack },
    { data: CREDIT, stack },
  ]),
  { data: BIKE, stack: LEVEL1_STACKS[0] },
].map(({ data, stack }) => [`${data.name} with ${optionsOf(stack)}`, data, stack] as const)

/** As the table of tested options wants it in a title. */
function optionsOf(stack: Readonly<Record<string, string>>): string {
  return Object.entries(stack)
    .map(([choice, option]) => `${choice}=${option}`)
    .join(' ')
}

describe.each(CASES)('%s', (_name, data, stack) => {
  let project: string

  beforeAll(() => {
    project = createProject(data, stack)
  })

  test('make train predict monitor diagnose roi: each runs and says what it did', () => {
    const ran = make(project, 'train', 'predict', 'monitor', 'diagnose', 'roi')
    expect(ran.code, ran.output).toBe(0)
    expect(ran.stdout).toMatch(/Verdict\s+OK/)
  })

  test('the model beats the baseline, and the same training gives the same bytes', () => {
    const before = readFileSync(join(project, 'models/model.joblib'))
    checks.trainsBetterThanBaseline(project)
    expect(readFileSync(join(project, 'models/model.joblib')).equals(before)).toBe(true)
  })

  test('each prediction is logged', () => checks.logsEachPrediction(project))
  test('a missing, extra or malformed column is refused by name', () => checks.refusesBrokenColumns(project))
  test('a good month is OK and a bad month is an ALERT', () => checks.tellsGoodMonthFromBad(project))
  test('3 % of labels are not enough', () => checks.needsEnoughLabels(project))
  test('actual values find their prediction by its id', () => checks.joinsByPredictionId(project))
  test('the input whose unit changed is ranked first', () => checks.ranksTheChangedInputFirst(project))
  test('the return is what a person computes, and its sign decides', () => checks.computesReturn(project))
  test('a release is recorded, and refused without metrics', () => checks.recordsReleases(project))

  test('the model is handed over: a second, clean environment gives the expected output', () => {
    const verified = make(project, 'verify')
    expect(verified.code, verified.output).toBe(0)
  })

  test('the doctor is content once the documentation is written', () => {
    checks.doctorWantsDocumentation(project)
    const file = join(project, 'docs/project.md')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/FILL IN:[^#]*/g, 'Written by a person.\n\n'))
    const well = model(project, 'doctor')
    expect(well.code, well.output).toBe(0)
  })

  test('git holds the project with its .gitignore (case 54), but neither its environment nor its logs', () => {
    const tracked = run(project, 'git', ['ls-files']).stdout
    for (const path of ['.gitignore', 'mlops.lock']) expect(tracked.split('\n')).toContain(path)
    expect(tracked).not.toMatch(/\.venv|\.sqlite|\.create-mlops|__pycache__/)
  })
})

describe('the rendered project', () => {
  let project: string

  beforeAll(() => {
    project = createProject(CREDIT, LEVEL1_STACKS[0])
  })

  test('is clean under ruff and yamllint', () => {
    for (const ran of [
      tool(project, 'ruff', 'check', '.'),
      tool(project, 'ruff', 'format', '--check', '.'),
      tool(
        project,
        'yamllint',
        '-d',
        '{extends: default, rules: {line-length: disable, document-start: disable, braces: {max-spaces-inside: 1}, brackets: {max-spaces-inside: 1}, comments: {min-spaces-from-content: 1}}}',
        'mlops.yaml',
        'contract.yaml',
        'roi.yaml',
      ),
    ])
      expect(ran.code, ran.output).toBe(0)
  })

  test('has nothing that belongs to a higher level', () => {
    const paths = readdirSync(project, { encoding: 'utf8' })
    for (const absent of [
      '.github',
      '.gitlab-ci.yml',
      'dvc.yaml',
      '.pre-commit-config.yaml',
      'tests',
      'Dockerfile',
    ])
      expect(paths).not.toContain(absent)
  })

  test('its notebook calls the same functions, and runs', () => {
    const installed = run(project, 'python3', ['scripts/setup.py', '--notebook'])
    expect(installed.code, installed.output).toBe(0)
    const executed = run(project, join(project, '.venv/bin/jupyter'), ['execute', 'notebooks/explore.ipynb'])
    expect(executed.code, executed.output).toBe(0)
  })

  test('make help lists every way in', () => {
    const { stdout } = make(project, 'help')
    for (const target of ['setup', 'train', 'predict', 'monitor', 'diagnose', 'roi', 'release', 'doctor'])
      expect(stdout).toMatch(new RegExp(`^\\s+${target}\\s+\\S`, 'm'))
  })
})

describe('a broken project is caught, by the check that guards it', () => {
  let project: string

  beforeAll(() => {
    project = createProject(CREDIT, LEVEL1_STACKS[0])
    checks.trainsBetterThanBaseline(project)
  })

  test.each<[string, string, string, string, checks.Check]>([
    [
      'logging',
      'log.py',
      'connection.execute("COMMIT")',
      'connection.execute("ROLLBACK")',
      checks.logsEachPrediction,
    ],
    [
      'the join',
      'actuals.py',
      'actuals.merge(logged, on="key")',
      'actuals.assign(key=actuals["key"][::-1].to_numpy()).merge(logged, on="key")',
      checks.joinsByPredictionId,
    ],
    ['the verdict', 'monitor.py', 'verdict = "ALERT"', 'verdict = "OK"', checks.tellsGoodMonthFromBad],
    [
      'label coverage',
      'monitor.py',
      'verdict = "NOT ENOUGH LABELS"',
      'verdict = "OK"',
      checks.needsEnoughLabels,
    ],
    [
      'the sign of the return',
      'roi.py',
      'self.value - self.without_model - self.costs',
      'self.value - self.without_model + self.costs',
      checks.computesReturn,
    ],
    ['the column check', 'contract.py', 'raise InputError', 'print', checks.refusesBrokenColumns],
    [
      'the comparison of inputs',
      'drift.py',
      'before[column.name], after[column.name]',
      'before[column.name], before[column.name]',
      checks.ranksTheChangedInputFirst,
    ],
    [
      'the release gate',
      'release.py',
      'not str(metrics["model_sha256"]).startswith(wanted)',
      'False',
      checks.recordsReleases,
    ],
  ])('%s', (_what, file, before, after, check) => {
    const path = join(project, 'src/model', file)
    const healthy = readFileSync(path, 'utf8')
    expect(healthy, `${file} has changed: mend this mutation`).toContain(before)
    check(project)
    writeFileSync(path, healthy.replaceAll(before, after))
    try {
      expect(() => check(project)).toThrow()
    } finally {
      writeFileSync(path, healthy)
    }
    check(project)
  })
})

test('the uv project makes its own uv where there is none', () => {
  const project = createProject(CREDIT, LEVEL1_STACKS[0], '--no-install')
  const path = ['/usr/bin', '/bin'].join(':')
  const setup = run(project, 'make', ['setup', `PYTHON=${pythonPath()}`], { PATH: path })
  expect(setup.code, setup.output).toBe(0)
  expect(existsSync(join(project, '.uv'))).toBe(true)
})

function pythonPath(): string {
  return run('.', 'python3', ['-c', 'import sys; print(sys.executable)']).stdout.trim()
}
