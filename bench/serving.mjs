import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from './tools/measure.mjs'
import { buildInto, program } from './tools/product.mjs'
import { machine, printTable, verdict } from './tools/report.mjs'
import { run } from './tools/run.mjs'
import { scratchFolder } from './tools/scratch.mjs'

const TARGET = 3
const LOG_TARGET = 0.05
const [ROUNDS, SECONDS, CONNECTIONS] = [3, 5, 8]
const PEERS = { bentoml: 'bentoml==1.4.40', mlserver: 'mlserver==1.7.1' }

const own = resolve(import.meta.dirname, 'serving')
const scratch = scratchFolder()
const project = makeProject()
const installed = (name) => join(project, '.venv/bin', name)
const version = join(project, 'models/versions/1')
const expected = Number(run([installed('python'), join(own, 'inputs.py'), scratch], { cwd: project }))
const contenders = await Promise.all([ours(), mlflow(), bentoml(), mlserver()])

const samples = new Map(contenders.map(({ name }) => [name, []]))
for (let round = 0; round < ROUNDS; round++)
  for (const each of contenders) samples.get(each.name).push(await measureOnce(each))
report()
reportLog()

/** The bundled sample at level 3, its model in use. */
function makeProject() {
  const folder = join(scratch, 'model')
  run([...program(buildInto(join(scratch, 'program'))), folder, '--level', '3', '--yes'])
  for (const target of [['pipeline'], ['promote', 'VERSION=1']]) run(['make', ...target], { cwd: folder })
  return folder
}

async function ours() {
  const port = await freePort()
  const argv = [installed('model'), 'serve', '--port', port]
  return { name: 'make serve', argv, cwd: project, body: 'ours', url: `http://127.0.0.1:${port}/predict` }
}

async function mlflow() {
  const port = await freePort()
  const saved = join(scratch, 'mlflow')
  run([installed('python'), join(own, 'mlflow_model.py'), saved], { cwd: project, env: quiet() })
  const flags = ['--host', '127.0.0.1', '--port', port, '--env-manager', 'local']
  return {
    name: 'mlflow models serve',
    argv: [installed('mlflow'), 'models', 'serve', '--model-uri', saved, ...flags],
    env: { PATH: `${join(project, '.venv/bin')}:${process.env.PATH}` },
    body: 'mlflow',
    url: `http://127.0.0.1:${port}/invocations`,
  }
}

async function bentoml() {
  const port = await freePort()
  const command = environment('bentoml')('bentoml')
  return {
    name: 'BentoML',
    argv: [command, 'serve', 'bentoml_service:Model', '--host', '127.0.0.1', '--port', port],
    cwd: own,
    env: { MODEL: join(version, 'model.joblib'), DATES: 'dateday' },
    body: 'bentoml',
    url: `http://127.0.0.1:${port}/predict`,
  }
}

async function mlserver() {
  const folder = join(scratch, 'mlserver')
  mkdirSync(folder)
  const [http, grpc, metrics] = [await freePort(), await freePort(), await freePort()]
  const settings = {
    host: '127.0.0.1',
    http_port: Number(http),
    grpc_port: Number(grpc),
    metrics_port: Number(metrics),
  }
  // In its own process, which is faster for one model than a pool of workers.
  writeFileSync(
    join(folder, 'settings.json'),
    JSON.stringify({ ...settings, parallel_workers: 0, debug: false }),
  )
  const parameters = { uri: join(version, 'model.joblib'), extra: { dates: ['dateday'] } }
  const model = { name: 'model', implementation: 'mlserver_model.Model', parameters }
  writeFileSync(join(folder, 'model-settings.json'), JSON.stringify(model))
  return {
    name: 'MLServer',
    argv: [environment('mlserver')('mlserver'), 'start', folder],
    cwd: own,
    env: { PYTHONPATH: own },
    body: 'mlserver',
    url: `http://127.0.0.1:${http}/v2/models/model/infer`,
  }
}

/** An environment with a peer and the project, whose code the model needs. Wheels are cached, so it takes seconds. */
function environment(name) {
  const folder = join(scratch, `environment-${name}`)
  if (!existsSync(folder)) {
    run(['uv', 'venv', '--quiet', '--python', installed('python'), folder])
    run(['uv', 'pip', 'install', '--quiet', '--python', folder, PEERS[name], '--editable', project])
  }
  return (command) => join(folder, 'bin', command)
}

/** Starts a server, asks it once, warms it up, loads it, and ends it: only one runs at a time. */
async function measureOnce({ name, argv, cwd = scratch, env = {}, body, url }) {
  const file = join(scratch, `${body}.json`)
  const [command, ...args] = argv
  const server = spawn(command, args, {
    cwd,
    env: { ...process.env, ...quiet(), ...env },
    detached: true,
    stdio: 'ignore',
  })
  try {
    const answer = await firstAnswer(name, url, readFileSync(file, 'utf8'))
    if (!numbersIn(answer).includes(expected))
      throw new Error(`${name} answered ${answer}, expected ${expected}`)
    wrk(file, url, 2)
    return wrk(file, url, SECONDS)
  } finally {
    const ended = new Promise((done) => server.once('close', done))
    process.kill(-server.pid, 'SIGTERM')
    await Promise.race([ended, sleep(5_000)])
    if (server.exitCode === null && server.signalCode === null) process.kill(-server.pid, 'SIGKILL')
  }
}

async function firstAnswer(name, url, body) {
  for (let tries = 0; tries < 240; tries++) {
    const request = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
    const response = await fetch(url, request).catch(() => undefined)
    if (response?.ok) return response.text()
    await sleep(250)
  }
  throw new Error(`${name} does not answer`)
}

/** Requests per second, and the 99th percentile of the time to answer in milliseconds. */
function wrk(file, url, seconds) {
  const argv = [
    'wrk',
    '-t1',
    `-c${CONNECTIONS}`,
    `-d${seconds}s`,
    '--latency',
    '-s',
    join(own, 'post.lua'),
    url,
  ]
  const output = run(argv, { env: { BODY: file } })
  if (/Non-2xx|Socket errors/.test(output)) throw new Error(`${url} failed under load:\n${output}`)
  const [, value, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(output)
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]),
    p99: Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit],
  }
}

function report() {
  const figures = contenders.map(({ name }) => {
    const taken = samples.get(name)
    return { name, rate: median(taken.map(({ rate }) => rate)), p99: median(taken.map(({ p99 }) => p99)) }
  })
  const [us, ...peers] = figures
  const best = Math.max(...peers.map(({ rate }) => rate))
  const target = verdict(us.rate >= TARGET * best, `>= ${TARGET} x the best other`)
  printTable(
    `Single predictions of the same model over HTTP, ${CONNECTIONS} connections. ${machine()}.`,
    ['', 'requests/s', 'p99 ms', 'x', 'target'],
    figures.map((each) => [
      each.name,
      each.rate.toFixed(0),
      each.p99.toFixed(1),
      (each.rate / best).toFixed(2),
      each === us ? target : '',
    ]),
    [
      `Medians of ${ROUNDS} rounds of ${SECONDS} s, in turns, one server at a time with one process and one thread of`,
      'OpenMP. Each gives the same score for the row, which is checked. x is beside the best of the other servers; only',
      'ours checks the row against the contract and logs the prediction before it answers.',
    ],
  )
}

/** CPU time, which hardly depends on what else the machine does. */
function reportLog() {
  const argv = [installed('python'), join(own, 'log_cost.py'), join(scratch, 'ours.json')]
  const [logged, unlogged] = run(argv, { cwd: project, env: quiet() }).split(' ').map(Number)
  const cost = logged / unlogged - 1
  printTable(
    'What the prediction log adds to a request',
    ['', 'CPU ms', 'x', 'target'],
    [
      ['without it', unlogged.toFixed(2), '1.00', ''],
      [
        'with it',
        logged.toFixed(2),
        (1 + cost).toFixed(3),
        verdict(cost <= LOG_TARGET, `<= ${1 + LOG_TARGET} x`),
      ],
    ],
  )
}

function numbersIn(text) {
  return (text.match(/-?\d+\.?\d*(?:e[+-]?\d+)?/gi) ?? []).map(Number)
}

function quiet() {
  return {
    OMP_NUM_THREADS: '1',
    DO_NOT_TRACK: '1',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    BENTOML_DO_NOT_TRACK: 'True',
  }
}

async function freePort() {
  const server = createServer()
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address()
  await new Promise((done) => server.close(done))
  return String(port)
}
