import { type ChildProcess, spawn } from 'node:child_process'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './level2-port.ts'
import { python } from './projects.ts'
import { cleanEnvironment } from './run.ts'

export type Row = Readonly<Record<string, string | number | null>>

export interface Answer {
  readonly status: number
  readonly body: string
}

/** A running `serve` of a project named `model`. */
export interface Service {
  readonly port: number
  readonly process: ChildProcess
  get(path: string): Promise<Answer>
  predict(row: Row): Promise<Answer>
  /** Ends it, and returns what it said. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<string>
}

export async function startService(project: string, ...flags: string[]): Promise<Service> {
  const port = await freePort()
  // A group of its own, so that a kill hits its workers too.
  const child = spawn(join(project, '.venv/bin/model'), ['serve', '--port', String(port), ...flags], {
    cwd: project,
    env: cleanEnvironment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const agent = new Agent({ keepAlive: true })
  const send = (method: string, path: string, content?: unknown) =>
    ask({ port, agent, method, path }, content === undefined ? undefined : JSON.stringify(content))
  for (let tries = 0; (await send('GET', '/readyz').catch(() => undefined))?.status !== 200; tries++) {
    if (tries > 300 || child.exitCode !== null) throw new Error(`the service did not start: ${output}`)
    await sleep(200)
  }
  return {
    port,
    process: child,
    get: (path) => send('GET', path),
    predict: (row) => send('POST', '/predict', row),
    stop: async (signal) => {
      const ended = new Promise((done) => child.once('close', done))
      process.kill(-(child.pid as number), signal)
      await ended
      agent.destroy()
      return output
    },
  }
}

/** Asks for the rows, one after the other and over again, by several clients, until told to stop. */
export function keepAsking(
  service: Service,
  rows: readonly Row[],
  clients = 4,
): { stop(): Promise<(Answer | Error)[]> } {
  let goesOn = true
  const answers: (Answer | Error)[] = []
  const loops = Array.from({ length: clients }, async (_, client) => {
    for (let at = client; goesOn; at += clients)
      answers.push(await service.predict(rows[at % rows.length] as Row).catch((error: Error) => error))
  })
  return {
    stop: async () => {
      goesOn = false
      await Promise.all(loops)
      return answers
    },
  }
}

/** The rows of a file of a project, or those that pandas picks of them, as requests hold them. */
export function jsonRows(project: string, path: string, pick = ''): Row[] {
  const script = `
import json
from pathlib import Path
from model import config, contract, payload, table
known = contract.load_contract(config.load_config())
rows = table.read_table(Path("${path}"), known)${pick}.reset_index(drop=True)
print(json.dumps(payload.as_json_rows(rows, known)))`
  return JSON.parse(python(project, script).stdout)
}

/** The sum of a metric over its labels, as /metrics shows it. */
export function metric(text: string, name: string): number {
  const values = text.split('\n').filter((line) => line.startsWith(name))
  return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

function ask(
  to: { port: number; agent: Agent; method: string; path: string },
  content?: string,
): Promise<Answer> {
  return new Promise((done, fail) => {
    const headers = content === undefined ? {} : { 'content-type': 'application/json' }
    const sent = request({ host: '127.0.0.1', ...to, headers }, (response) => {
      let body = ''
      response.on('data', (text) => (body += text))
      response.on('end', () => done({ status: response.statusCode ?? 0, body }))
      response.on('error', fail)
    })
    sent.on('error', fail)
    sent.end(content)
  })
}
