import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './level2-port.ts'
import { run, scratchFolder } from './run.ts'

const POLICY = '/usr/sbin/policy-rc.d'

/** Tells whether Prometheus is there; on Debian, root installs it where it is missing. */
export function hasPrometheus(): boolean {
  const isThere = () => run('/', 'sh', ['-c', 'command -v prometheus && command -v promtool']).code === 0
  if (isThere()) return true
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false
  // Nothing is to start by itself.
  if (!existsSync(POLICY)) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  run('/', 'apt-get', ['update', '-qq'])
  run('/', 'apt-get', ['install', '-qq', '-y', '--no-install-recommends', 'prometheus'], {
    DEBIAN_FRONTEND: 'noninteractive',
  })
  return isThere()
}

export interface Prometheus {
  /** The value of an expression, or undefined where there is none yet. */
  value(expression: string): Promise<number | undefined>
  /** The names of the alerts that are raised. */
  alerts(): Promise<string[]>
  stop(): void
}

interface Results {
  readonly result: readonly { readonly value: readonly [number, string] }[]
}

interface Alerts {
  readonly alerts: readonly { readonly state: string; readonly labels: { readonly alertname: string } }[]
}

/** Starts a Prometheus with a project's own configuration, which asks a service on another port, and more often. */
export async function startPrometheus(project: string, servicePort: number): Promise<Prometheus> {
  const [folder, port] = [scratchFolder('prometheus'), await freePort()]
  const own = readFileSync(join(project, 'observability/prometheus.yml'), 'utf8')
  const config = own
    .replace('127.0.0.1:8000', `127.0.0.1:${servicePort}`)
    .replaceAll('15s', '1s')
    .replace('rules.yml', join(project, 'observability/rules.yml'))
  writeFileSync(join(folder, 'prometheus.yml'), config)
  const child: ChildProcess = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: folder, stdio: 'ignore' },
  )
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)
    return ((await response.json()) as { data: unknown }).data
  }
  for (
    let tries = 0;
    tries < 100 && (await get('status/buildinfo').catch(() => undefined)) === undefined;
    tries++
  )
    await sleep(200)
  return {
    value: async (expression) => {
      const { result } = (await get(`query?query=${encodeURIComponent(expression)}`)) as Results
      return result[0] === undefined ? undefined : Number(result[0].value[1])
    },
    alerts: async () => {
      const { alerts } = (await get('alerts')) as Alerts
      return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname)
    },
    stop: () => child.kill('SIGKILL'),
  }
}
