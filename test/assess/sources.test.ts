import { expect, test } from 'vitest'
import { assessRepository } from '../../src/assess/assess.ts'
import { verdictsOf } from '../../src/assess/verdicts.ts'
import { type Files, repositoryIn } from './memory.ts'

const FILLER = 'def f(x):\n    return x + 1\n\n\n'.repeat(400)

test('in a large repository the telling files are parsed, and those in between still lead to them', () => {
  const files: Record<string, string> = {
    'run.py': 'from middle import step\n\nif __name__ == "__main__":\n    step()\n',
    'middle.py': `from train import train as step\n${FILLER}`,
    'train.py':
      'import mlflow\nfrom sklearn.svm import SVC\n\ndef train():\n    mlflow.autolog()\n    SVC().fit(x, y)\n',
  }
  for (let i = 0; i < 200; i++) files[`lib/m${i}.py`] = FILLER
  const { parts } = assessRepository(repositoryIn(files))
  const met = parts.flatMap(({ judged }) =>
    judged.filter(({ score }) => score > 0).map(({ criterion }) => criterion.id),
  )
  expect(met).toEqual(expect.arrayContaining(['T3', 'T5']))
  expect(parts[0]?.skipped).toBe(0)
})

test('what was not looked at is said', () => {
  const files: Files = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [`m${i}.py`, `import mlflow\nmodel.fit(x)\n${FILLER}`]),
  )
  const assessment = assessRepository(repositoryIn(files))
  expect(assessment.parts[0]?.skipped).toBeGreaterThan(50)
  expect(verdictsOf(assessment, undefined).join()).toContain('too many to be looked at')
})

test('a tool is not called unused in a file that was not looked at', () => {
  const filler = FILLER.replaceAll('x', 'mlflow')
  const files: Files = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [`m${i}.py`, `import mlflow\nmlflow.autolog()\n${filler}`]),
  )
  const { parts } = assessRepository(repositoryIn(files))
  expect(parts[0]?.skipped).toBeGreaterThan(50)
  expect(parts[0]?.traps.map(({ trap }) => trap.id)).not.toContain('X5')
})

test('files that import each other in every way take no more than a look at each', () => {
  const names = Array.from({ length: 1000 }, (_, i) => `m${i}`)
  const imports = names.slice(0, 50).map((name) => `from . import ${name}`)
  const files = Object.fromEntries(
    names.map((name) => [`p/${name}.py`, `${imports.join('\n')}\nmodel.predict(x)\n`]),
  )
  expect(assessRepository(repositoryIn(files)).level).toBe(0)
})
