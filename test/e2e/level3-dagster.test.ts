import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { commitAll } from './edit.ts'
import { freePort } from './level2-port.ts'
import { createPrepared } from './prepared.ts'
import { CREDIT, model, python, readJson } from './projects.ts'
import { createMlops, make } from './run.ts'

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

  test('its schedule fires by itself: it trains on new data, and monitors', async () => {
    const settings = join(project, 'mlops.yaml')
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('cron: null', 'cron: "* * * * *"'))
    const promoted = model(project, 'promote', '1')
    expect(promoted.code, promoted.output).toBe(0)
    const log = ['--log', 'monitoring/predictions.sqlite']
    const asked = model(project, 'predict', 'examples/good-month.csv', 'predictions.csv', ...log)
    expect(asked.code, asked.output).toBe(0)
    addRows()
    await untilScheduled()
    expect(readJson(project, '.pipeline/execution.json').trigger).toBe('new data')
    expect(readJson(project, 'reports/monitor.json').verdict).toBeDefined()
  })

  test('at level 5 its schedule takes a turn of the controller, too', async () => {
    commitAll(project)
    const upgraded = createMlops(project, 'upgrade', '--to', '5', '--yes')
    expect(upgraded.code, upgraded.output).toBe(0)
    const installed = make(project, 'setup')
    expect(installed.code, installed.output).toBe(0)
    commitAll(project)
    addRows()
    await untilScheduled()
    expect(existsSync(join(project, 'reports/status.html'))).toBe(true)
    const decisions = readFileSync(join(project, 'monitoring/decisions.jsonl'), 'utf8').trimEnd().split('\n')
    expect(decisions.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ number: 1, decision: expect.any(String) }),
    ])
  })

  function addRows(): void {
    const source = join(project, 'data/raw/german-credit.csv')
    const lines = readFileSync(source, 'utf8').trimEnd().split('\n')
    appendFileSync(source, `${lines[1]}\n${lines[2]}\n`)
  }

  /** Lets Dagster run until its schedule, which fires each minute, has done its work once more. */
  async function untilScheduled(): Promise<void> {
    const done = () => runsOf('daily').filter((each) => each === 'SUCCESS').length
    const before = done()
    const program = join(project, '.venv/bin/model')
    const args = ['dagster', '--port', String(await freePort())]
    const server = spawn(program, args, { cwd: project, stdio: 'ignore', detached: true })
    try {
      await expect.poll(done, { timeout: 600_000, interval: 3000 }).toBeGreaterThan(before)
      // A run that is still at work would go on writing into the folder.
      await expect.poll(() => runsOf('daily')[0], { timeout: 300_000, interval: 3000 }).toBe('SUCCESS')
    } finally {
      const ended = once(server, 'exit')
      process.kill(-(server.pid as number), 'SIGTERM')
      await ended
    }
  }

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
