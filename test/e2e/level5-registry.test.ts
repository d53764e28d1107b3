import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPrepared } from './prepared.ts'
import { CREDIT } from './projects.ts'
import { type Ran, run, runMeanwhile } from './run.ts'
import { hasPostgres, type Store, startStore } from './servers.ts'

// It waits for two minutes: `npm run test:matrix` runs it.
describe.runIf(process.env.MATRIX && hasPostgres)('a PostgreSQL that does not answer', () => {
  let project: string
  let store: Store

  beforeAll(async () => {
    project = createPrepared(CREDIT, { store: 'services' }, '--level', '5')
    store = await startStore(project)
    expectOk(run(project, 'make', ['all', 'pipeline'], store.env))
  })

  afterAll(() => {
    process.kill(store.postgres, 'SIGCONT')
    store.stop()
  })

  test('leaves a record, the lock is free again, and the next turn goes on', async () => {
    process.kill(store.postgres, 'SIGSTOP')
    const waited = await improve()
    expect(waited.code, waited.output).toBe(1)
    expect(decisions()).toEqual([expect.objectContaining({ decision: 'FAILED' })])
    expect(waited.output).toContain('the registry has not answered within 120 seconds')
    process.kill(store.postgres, 'SIGCONT')
    expectOk(await improve())
    expect(decisions().map(({ decision }) => decision)).not.toContain(undefined)
    expect(decisions()).toHaveLength(2)
  })

  function improve(): Promise<Ran> {
    return runMeanwhile(project, join(project, '.venv/bin/model'), ['improve'], store.env)
  }

  function decisions(): { decision: string }[] {
    const lines = readFileSync(join(project, 'monitoring/decisions.jsonl'), 'utf8').trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line))
  }
})

function expectOk(ran: Ran): void {
  expect(ran.code, ran.output).toBe(0)
}
