import { describe, expect, test } from 'vitest'
import { packageName } from '../../src/project/name.ts'

describe('the name of a project', () => {
  test.each([
    ['churn', 'churn'],
    ['churn-model', 'churn_model'],
    ['Bike2', 'bike2'],
  ])('%s is the package %s', (name, expected) => {
    expect(packageName(name)).toBe(expected)
  })

  test.each([
    ['', 'it is empty'],
    ['123', 'does not begin with a letter'],
    ['class', '"class" is a keyword'],
    ['../x', 'it contains "."'],
    ['a b', 'it contains " "'],
    ['ünï', 'it contains "ü"'],
    ['x'.repeat(300), 'it has 300 characters'],
    ['pandas', 'would hide'],
    ['churn-', 'it ends with "-"'],
  ])('%s is none', (name, problem) => {
    expect(() => packageName(name)).toThrow(problem)
  })
})
