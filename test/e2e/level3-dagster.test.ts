import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { freePort } from './level2-port.ts'
import { createPrepared } from './prepared.ts'
import { CREDIT, model, python, readJson } from './projects.ts'

// Longer than CI has: `npm run test:matrix` runs it.
describe.runIf(process.env.MATRIX)('orchestrator=dagster', () => {
  let project: string

  beforeAll(() => {
    project = createPrepared(CREDIT, { orchestrator: 'dagster' }, '--level', '3')
  })

  test('the steps run as a job of Dagster, and those that are up to date do nothing', () => {
    const made = model(project, 'pipeline')
    expect(made.code, made.output).toBe(0)
    expect(made.stdout).toContain('Version    1 may be put into use')
    expect(readJson(project, 'models/registered.json').version).toBe(1)
    const again = model(project, 'pipeline')
    expect(again.code, again.output).toBe(0)
    expect(again.stdout).toContain('every step is up to date')
    expect(runsOf('steps')).toEqual(['SUCCESS', 'SUCCESS'])
  })

  test('its schedule fires by itself, and trains on new data', async () => {
    const settings = join(project, 'mlops.yaml')
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('cron: null', 'cron: "* * * * *"'))
    const source = join(project, 'data/raw/german-credit.csv')
    const lines = readFileSync(source, 'utf8').trimEnd().split('\n')
    appendFileSync(source, `${lines[1]}\n${lines[2]}\n`)
    const program = join(project, '.venv/bin/model')
    const args = ['dagster', '--port', String(await freePort())]
    const server = spawn(program, args, { cwd: project, stdio: 'ignore', detached: true })
    try {
      const trigger = () => readJson(project, '.pipeline/execution.json').trigger
      await expect.poll(trigger, { timeout: 300_000, interval: 2000 }).toBe('new data')
      // A run that is still at work would go on writing into the folder.
      await expect.poll(() => runsOf('new_data')[0], { timeout: 300_000, interval: 3000 }).toBe('SUCCESS')
    } finally {
      const ended = once(server, 'exit')
      process.kill(-(server.pid as number), 'SIGTERM')
      await ended
    }
  })

  /** How the runs of a job have ended, as Dagster remembers them. */
  function runsOf(job: string): string[] {
    const script = `
import json, os
from model import config, orchestrator
orchestrator.use_home(config.load_config())
from dagster import DagsterInstance, RunsFilter
runs = DagsterInstance.get().get_runs(RunsFilter(job_name="${job}"))
print(json.dumps([run.status.value for run in runs]))`
    return JSON.parse(python(project, script).stdout)
  }
})
