import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { assessRepository } from '../../src/assess/assess.ts'
import { nextSteps } from '../../src/assess/next.ts'
import { openRepository } from '../../src/assess/repository/repository.ts'
import { verdictsOf } from '../../src/assess/verdicts.ts'

const FOLDER = 'test/fixtures/repositories'

/** What a careful engineer would say of one model. */
interface Expected {
  readonly level: number
  /** Of data, training, release, application and monitoring. */
  readonly dimensions: string
  readonly machinery: number
  /** `!` where CI or a schedule runs it too. */
  readonly met: string
  readonly traps: string
  /** What comes first on the way up. */
  readonly first: string
  readonly says?: readonly string[]
}

const EXPECTED: Readonly<Record<string, Readonly<Record<string, Expected>>>> = {
  // One person's notebook. It trains and measures; nothing else is there to see.
  'notebook-and-pickle': {
    '': {
      level: 0,
      dimensions: '10010',
      machinery: 0,
      met: 'D1 T1',
      traps: '',
      first: 'O1 O2 O3',
    },
  },
  // mlflow is among the requirements, and nowhere else.
  'flat-scripts': {
    '': { level: 0, dimensions: '10010', machinery: 0, met: 'D1 T1 T3', traps: 'X6', first: 'O1 O2 O3' },
  },
  // Looks tested and deployed: CI cannot fail, the tests look for files, the Dockerfile copies what is not there.
  'flask-setup-py': {
    '': {
      level: 0,
      dimensions: '11110',
      machinery: 1,
      met: 'D1 T1 T2 T3 R1',
      traps: 'X1 X3 X6 X11',
      first: 'O1 O2 O3',
      says: ['machinery is that of level 1, with holes in monitoring'],
    },
  },
  // Good engineering of level 2, and nobody knows how good the predictions are.
  'poetry-tested': {
    '': {
      level: 0,
      dimensions: '22230',
      machinery: 2,
      met: 'D1 D2 D3 T1 T2 T3 T4 T5 T6 T8 R1 R2 A1! A2! A3! A4! A5',
      traps: '',
      first: 'O1 O2 O3',
      says: ['machinery is that of level 2, with holes in monitoring'],
    },
  },
  // Tracked, but on a path of one machine, and with a password in the notebook.
  'conda-mlproject': {
    '': {
      level: 0,
      dimensions: '10010',
      machinery: 0,
      met: 'D1 T1 T3 T5 T6 T8',
      traps: 'X5 X9 X10',
      first: 'O1 O2 O3',
    },
  },
  // Versions and a pipeline; drift alone is watched, and it retrains each Monday whatever happens.
  'dvc-github': {
    '': {
      level: 0,
      dimensions: '10010',
      machinery: 2,
      met: 'D1 D2! D4 T1 T3 T4 T5! T6 T7 T8 A1! A4! O4!',
      traps: 'X7 X8',
      first: 'O1 O2 O3',
      says: ['unguarded level 5', 'machinery is that of level 2'],
    },
  },
  // One model is looked after, the other is not; the CI runs the tests of the first alone.
  monorepo: {
    'models/churn': {
      level: 1,
      dimensions: '12111',
      machinery: 1,
      met: 'D1 T1 T2 T3 T4 R1 A1! A4! A5 O1 O2 O3',
      traps: '',
      first: 'O4 D2 D3',
      says: ['It holds 2 models (models/churn: level 1, models/upsell: level 0)'],
    },
    'models/upsell': {
      level: 0,
      dimensions: '11110',
      machinery: 1,
      met: 'D1 T1 T2 T3 R1 A5',
      traps: 'X6',
      first: 'O1 O2 O3',
    },
  },
  'windows latin-1': {
    '': { level: 0, dimensions: '10010', machinery: 0, met: 'D1 T1 T3', traps: 'X10', first: 'O1 O2 O3' },
  },
  // By hand, and all that level 1 asks for.
  'honest-level-1': {
    '': {
      level: 1,
      dimensions: '11111',
      machinery: 1,
      met: 'D1 T1 T2 T3 R1 O1 O2 O3',
      traps: '',
      first: 'O4 D2 D3',
    },
  },
  // A platform with registry, orchestration and tests, and nothing that looks back: level 3 with a level-1 hole.
  'airflow-without-monitoring': {
    '': {
      level: 0,
      dimensions: '23230',
      machinery: 3,
      met: 'D1 D2 D3 D5 T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 R1 R2 R3 A1! A2! A3! A4! A5 A8 O5',
      traps: 'X4 X8',
      first: 'O1 O2 O3',
      says: ['machinery is that of level 3, with holes in monitoring', 'unguarded level 5'],
    },
  },
}

test('every repository has its expectation', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(EXPECTED).sort())
})

describe.each(Object.entries(EXPECTED))('%s', (name, models) => {
  const assessment = assessRepository(openRepository(join(FOLDER, name)))

  test('is judged as a careful engineer would', () => {
    const found = assessment.parts.map((part) => [
      part.path,
      {
        level: part.level,
        dimensions: part.dimensions.map(({ level }) => level).join(''),
        machinery: part.machinery,
        met: part.judged
          .filter(({ score }) => score > 0)
          .map(({ criterion, score }) => `${criterion.id}${score === 1 ? '!' : ''}`)
          .join(' '),
        traps: part.traps.map(({ trap }) => trap.id).join(' '),
        first: nextSteps(part)
          ?.missing.slice(0, 3)
          .map(({ criterion }) => criterion.id)
          .join(' '),
      },
    ])
    const expected = Object.entries(models).map(([path, { says: _, ...rest }]) => [path, rest])
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
    expect(assessment.level).toBe(Math.min(...Object.values(models).map(({ level }) => level)))
  })

  test('what is said of it', () => {
    const verdicts = verdictsOf(assessment, undefined).join('\n')
    for (const sentence of Object.values(models).flatMap(({ says = [] }) => says))
      expect(verdicts).toContain(sentence)
  })

  test('every piece of evidence stands where it is said to', () => {
    for (const { judged, traps } of assessment.parts)
      for (const { path, line, cell } of [...judged, ...traps].flatMap(({ evidence }) => evidence)) {
        const lines = readFileSync(join(FOLDER, name, path), 'latin1').split(/\r\n|\r|\n/).length
        expect(line).toBeGreaterThan(0)
        if (cell === undefined) expect(line).toBeLessThanOrEqual(lines)
      }
  })
})
