import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measure } from './tools/measure.mjs'
import { installPeers } from './tools/peers.mjs'
import { buildInto, program } from './tools/product.mjs'
import { machine, printComparison } from './tools/report.mjs'
import { run } from './tools/run.mjs'
import { scratchFolder } from './tools/scratch.mjs'

const NODE = 'node -e 0'
const DATA = fileURLToPath(new URL('../samples/bike-sharing/bike-sharing.csv.gz', import.meta.url))
const CREATE = ['--yes', '--no-install', '--no-git']

const scratch = scratchFolder()
const project = join(scratch, 'project')
const ours = program(buildInto(join(scratch, 'built')))
const peers = installPeers()
console.log(`What a start costs. ${machine()}.`)
compareHelp()
compareGenerating()

function compareHelp() {
  compare('Help', [
    { name: 'create-mlops --help', argv: [...ours, '--help'], limit: { cpu: 1.25 } },
    ...Object.entries(peers).map(([name, start]) => ({ name: `${name} --help`, argv: [...start, '--help'] })),
  ])
}

function compareGenerating() {
  const { copier, cookiecutter } = makeTemplates()
  const afresh = { cwd: scratch, prepare: () => rmSync(project, { recursive: true, force: true }) }
  compare(
    'A new project, nothing installed',
    [
      { name: 'create-mlops, level 1', argv: [...ours, project, ...CREATE], limit: { cpu: 4 }, ...afresh },
      {
        name: 'create-mlops, level 1, --data',
        argv: [...ours, project, '--data', DATA, '--target', 'count', ...CREATE],
        ...afresh,
      },
      {
        name: 'create-vite, vanilla-ts',
        argv: [...peers['create-vite'], 'project', '--template=vanilla-ts', '--no-interactive'],
        ...afresh,
      },
      {
        name: 'cookiecutter, our files',
        argv: [...peers.cookiecutter, '--no-input', `--output-dir=${scratch}`, cookiecutter],
        ...afresh,
      },
      {
        name: 'copier, our files',
        argv: [...peers.copier, 'copy', '--quiet', '--defaults', copier, project],
        ...afresh,
      },
    ],
    [
      'Of its own sample create-mlops knows what it is since it was built. With --data it reads the same file, 17,379',
      'rows of 17 columns, and finds out: types, task, time, leaks. cookiecutter and copier only copy the files that',
      'it made, unrendered, which is the least that they can do. create-vite has its own, fewer files.',
    ],
  )
}

function compare(title, cases, notes) {
  const all = [{ name: NODE, argv: [process.execPath, '-e', '0'] }, ...cases]
  const results = measure(all, { rounds: 15 })
  const rows = all.map(({ name, limit }) => ({ name, ...results.get(name), limit }))
  printComparison(title, rows, notes)
}

/** The files of a project of ours as a template for each peer. */
function makeTemplates() {
  const [copier, cookiecutter] = [join(scratch, 'for-copier'), join(scratch, 'for-cookiecutter')]
  run([...ours, project, ...CREATE])
  cpSync(project, copier, { recursive: true })
  writeFileSync(join(copier, 'copier.yml'), '_exclude: [copier.yml]\n')
  cpSync(project, join(cookiecutter, '{{cookiecutter.name}}'), { recursive: true })
  writeFileSync(
    join(cookiecutter, 'cookiecutter.json'),
    JSON.stringify({ name: 'project', _copy_without_render: ['*'] }),
  )
  return { copier, cookiecutter }
}
