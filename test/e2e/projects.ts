import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createMlops, type Ran, run, scratchFolder } from './run.ts'

/** Codes of a generated project's own command. */
export const CODES = { ok: 0, error: 1, input: 2, alert: 3, notEnoughLabels: 4 } as const

export interface DataSet {
  readonly name: string
  readonly task: 'binary' | 'multiclass' | 'regression'
  /** The flags that name it; a file that they need is made in the folder. */
  readonly flags: (folder: string) => string[]
}

export const SAMPLE: DataSet = { name: 'the bundled sample', task: 'regression', flags: () => ['--yes'] }

export const BIKE: DataSet = {
  name: 'bike sharing as a plain file',
  task: 'regression',
  flags: (folder) => {
    const file = join(folder, 'bike sharing.csv')
    writeFileSync(file, gunzipSync(readFileSync('samples/bike-sharing/bike-sharing.csv.gz')))
    return ['--data', file, '--target', 'count']
  },
}

export const CREDIT: DataSet = {
  name: 'german credit',
  task: 'binary',
  flags: () => ['--data', resolve('test/fixtures/german-credit.csv'), '--target', 'Target'],
}

/** Makes a project named `model` with the installed package, and installs it. Returns its folder. */
export function createProject(
  data: DataSet,
  stack: Readonly<Record<string, string>>,
  ...flags: string[]
): string {
  const folder = scratchFolder('project')
  const choices = Object.entries(stack).flatMap(([choice, option]) => ['--stack', `${choice}=${option}`])
  const created = createMlops(folder, 'model', ...data.flags(folder), ...choices, ...flags)
  if (created.code !== 0) throw new Error(created.output)
  return join(folder, 'model')
}

/** Runs the project's own command. */
export function model(project: string, ...args: string[]): Ran {
  return run(project, join(project, '.venv/bin/model'), args)
}

export function python(project: string, script: string): Ran {
  return run(project, join(project, '.venv/bin/python'), ['-c', script])
}

export function readJson(project: string, path: string) {
  return JSON.parse(readFileSync(join(project, path), 'utf8'))
}

/** A simple CSV file of the project, as rows of cells; none of these files quotes a comma. */
export function readCsv(project: string, path: string): string[][] {
  const lines = readFileSync(join(project, path), 'utf8').trimEnd().split(/\r?\n/)
  return lines.map((line) => line.split(','))
}

export function writeCsv(project: string, path: string, rows: readonly (readonly string[])[]): void {
  writeFileSync(join(project, path), `${rows.map((row) => row.join(',')).join('\n')}\n`)
}
