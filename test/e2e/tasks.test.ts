import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import * as checks from './level1-checks.ts'
import { createProject, type DataSet, readJson } from './projects.ts'

/** One case a day, so that no month has enough outcomes, and outcomes that are truth values. */
const BY_DAY: DataSet = {
  name: 'german credit, one case a day',
  task: 'binary',
  flags: (folder) => {
    const [header, ...rows] = readFileSync('test/fixtures/german-credit.csv', 'utf8').trimEnd().split(/\r?\n/)
    const dated = rows.map((row, day) => {
      const date = new Date(Date.UTC(2023, 0, 1 + day)).toISOString().slice(0, 10)
      return `${date},${row.replace(/,1$/, ',True').replace(/,0$/, ',False')}`
    })
    writeFileSync(join(folder, 'by-day.csv'), [`decided_on,${header}`, ...dated].join('\n'))
    return ['--data', join(folder, 'by-day.csv'), '--target', 'Target']
  },
}

const WEATHER: DataSet = {
  name: 'the weather of the bundled sample',
  task: 'multiclass',
  flags: () => [
    '--data',
    resolve('samples/bike-sharing/bike-sharing.csv.gz'),
    '--target',
    'weathersit',
    '--task',
    'multiclass',
  ],
}

describe.each([BY_DAY, WEATHER].map((data) => [data.name, data] as const))('%s', (_name, data) => {
  let project: string

  beforeAll(() => {
    project = createProject(data, {}, '--level', '1')
  })

  test('the task is found, and its model beats the baseline', () => {
    checks.trainsBetterThanBaseline(project)
    expect(readJson(project, 'models/metrics.json').task).toBe(data.task)
  })

  test('a good month, a bad month and too few labels get their verdicts', () => {
    checks.tellsGoodMonthFromBad(project)
    checks.needsEnoughLabels(project)
  })
})
