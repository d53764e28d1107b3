import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import * as checks from './level1-checks.ts'
import { createPrepared } from './prepared.ts'
import { BIKE, CREDIT, createProject, type DataSet, model, SAMPLE } from './projects.ts'
import { make, run } from './run.ts'

type Stack = Readonly<Record<string, string>>

/** Everything that a project of level 1 has to do, with these options, on each data set. */
export function describeLevel1(stack: Stack, sets: readonly DataSet[] = [SAMPLE, CREDIT]): void {
  for (const [index, data] of sets.entries())
    describe(`${data.name} with ${optionsOf(stack)}`, () => {
      // The first one is installed as a user's is; the others have its environment.
      describeProject(() => (index === 0 ? createProject(data, stack) : createPrepared(data, stack)))
    })
}

/** The sample as a file of the user's. */
export function describePlainFile(stack: Stack): void {
  describe(`${BIKE.name} with ${optionsOf(stack)}`, () => describeProject(() => createPrepared(BIKE, stack)))
}

/** As the table of tested options wants it in a title. */
function optionsOf(stack: Stack): string {
  return Object.entries(stack)
    .map(([choice, option]) => `${choice}=${option}`)
    .join(' ')
}

function describeProject(create: () => string): void {
  let project: string

  beforeAll(() => {
    project = create()
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
    // With the code as it is now, not as it was when it was last built.
    const module = join(project, 'src/model/scorer.py')
    const healthy = readFileSync(module, 'utf8')
    writeFileSync(module, `${healthy}\nraise ImportError("the code of now")\n`)
    const broken = make(project, 'verify')
    writeFileSync(module, healthy)
    expect(broken.code, broken.output).not.toBe(0)
    expect(broken.stderr).toContain('the code of now')
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
}
