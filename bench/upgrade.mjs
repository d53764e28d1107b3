import { join } from 'node:path'
import { copyTemplate, filesOf, makeTemplate } from './tools/copier.mjs'
import { twoLevels } from './tools/layers.mjs'
import { measure, median } from './tools/measure.mjs'
import { installPeers } from './tools/peers.mjs'
import { buildInto, load, program, repository, withTemplates } from './tools/product.mjs'
import { addOtherFiles, createProject, editAndCommit, reset } from './tools/project.mjs'
import { machine, printComparison, printTable, verdict } from './tools/report.mjs'
import { run } from './tools/run.mjs'
import { scratchFolder } from './tools/scratch.mjs'

const FILES = 60
const OTHERS = 100_000
const SIZES = [500, 1000, 2500, 5000]
const SMALLEST = 10
/** Time per file varies a little with the file system; were it quadratic, the largest project would be at 10. */
const LINEAR = 1.25

const scratch = scratchFolder()
const at = (name) => join(scratch, name)
const built = buildInto(at('built'))
console.log(`What an upgrade costs. ${machine()}.`)
const small = await makeUpgrade(FILES, at(`files-${FILES}`))
const measurements = {
  copier: compareWithCopier,
  others: compareWithOthers,
  undo: compareWithUndo,
  growth: measureGrowth,
  merges: measureMerges,
}
const asked = process.argv.slice(2)
for (const name of asked.length > 0 ? asked : Object.keys(measurements)) await measurements[name](small)

/** A project at level 1 with a user's edits, and the command that moves it to level 2. */
async function makeUpgrade(files, folder, others = 0) {
  const tool = program(await withTemplates(built, `${folder}-tool`, twoLevels(files)))
  createProject(tool, folder)
  addOtherFiles(folder, others)
  editAndCommit(folder)
  return { tool, folder, upgrade: [...tool, 'upgrade', '--yes'] }
}

function compareWithCopier({ tool, folder, upgrade }) {
  const { copier } = installPeers()
  const [before, after] = [at('before'), at('after')]
  for (const pristine of [before, after]) createProject(tool, pristine)
  run([...tool, 'upgrade', '--yes'], { cwd: after })
  makeTemplate(at('template'), [before, after], (path) => !/^(mlops\.lock|\.create-mlops|data)\b/.test(path))
  const theirs = at('copier')
  copyTemplate(copier, at('template'), theirs)
  editAndCommit(theirs)
  const update = [...copier, 'update', '--quiet', '--defaults', '--vcs-ref=2.0.0']
  const names = { copier: 'copier update', ours: 'create-mlops upgrade' }
  const results = measure(
    [
      { name: names.copier, argv: update, cwd: theirs, prepare: () => reset(theirs) },
      { name: names.ours, argv: upgrade, cwd: folder, prepare: () => reset(folder) },
    ],
    { rounds: 7 },
  )
  checkSame(join(folder, 'src'), join(theirs, 'src'))
  printComparison(
    `The same change to the same ${FILES} files, five of them edited by the user, in a git repository`,
    [
      { name: names.copier, ...results.get(names.copier) },
      { name: names.ours, ...results.get(names.ours), limit: { cpu: 0.1, wall: 0.1 } },
    ],
    ['Both end with the same files, which is checked.'],
  )
}

async function compareWithOthers({ folder, upgrade }) {
  const crowded = await makeUpgrade(FILES, at('crowded'), OTHERS)
  const names = { alone: 'alone', beside: `beside ${OTHERS.toLocaleString('en')} others` }
  const results = measure(
    [
      { name: names.alone, argv: upgrade, cwd: folder, prepare: () => reset(folder) },
      {
        name: names.beside,
        argv: crowded.upgrade,
        cwd: crowded.folder,
        prepare: () => reset(crowded.folder),
      },
    ],
    { rounds: 9 },
  )
  printComparison(`An upgrade of ${FILES} files, alone and with other committed files in the repository`, [
    { name: names.alone, ...results.get(names.alone) },
    { name: names.beside, ...results.get(names.beside), limit: { cpu: 1.1, wall: 1.1 } },
  ])
}

function compareWithUndo({ tool, folder, upgrade }) {
  const prepareUndo = () => {
    reset(folder)
    run(upgrade, { cwd: folder })
  }
  const results = measure(
    [
      { name: 'upgrade', argv: upgrade, cwd: folder, prepare: () => reset(folder) },
      { name: 'undo', argv: [...tool, 'undo', '--yes'], cwd: folder, prepare: prepareUndo },
    ],
    { rounds: 9 },
  )
  printComparison(`Undoing an upgrade of ${FILES} files`, [
    { name: 'upgrade', ...results.get('upgrade') },
    { name: 'undo', ...results.get('undo'), limit: { cpu: 1, wall: 1 } },
  ])
}

/** Start-up, which is what an upgrade of next to nothing costs, is taken off before dividing by the files. */
async function measureGrowth() {
  const cases = []
  for (const files of [SMALLEST, ...SIZES]) {
    const { folder, upgrade } = await makeUpgrade(files, at(`files-of-${files}`))
    cases.push({ name: String(files), argv: upgrade, cwd: folder, prepare: () => reset(folder) })
  }
  const results = measure(cases, { rounds: 5 })
  const smallest = results.get(String(SMALLEST))
  const rows = SIZES.map((files) => {
    const { cpu, wall } = results.get(String(files))
    const perFile = (cpu - smallest.cpu) / (files - SMALLEST)
    return { files, cpu, wall, perFile }
  })
  printTable(
    'Upgrades of larger projects: CPU time per file, start-up taken off',
    ['files', 'CPU ms', 'wall ms', 'ms/file', 'x', 'target'],
    rows.map(({ files, cpu, wall, perFile }, index) => {
      const ratio = perFile / rows[0].perFile
      const target = index === 0 ? '' : verdict(ratio <= LINEAR, `x <= ${LINEAR}`)
      return [String(files), cpu.toFixed(0), wall.toFixed(0), perFile.toFixed(3), ratio.toFixed(2), target]
    }),
  )
}

async function measureMerges() {
  const bundle = at('merge.mjs')
  await load('src/plan/merge.ts', bundle)
  const once = join(repository, 'bench/tools/merge-once.mjs')
  const edits = { few: '10 on each side', many: '250 on each side', most: '1,667 on each side' }
  printTable(
    'A three-way merge of a file with 5,000 lines of seven kinds, in a fresh process',
    ['edits', 'ms', 'target'],
    Object.entries(edits).map(([shape, words]) => {
      const times = Array.from({ length: 7 }, () => Number(run([process.execPath, once, bundle, shape])))
      return [words, median(times).toFixed(1), verdict(median(times) < 50, '< 50 ms')]
    }),
  )
}

/** A comparison of speed means nothing where the results differ. */
function checkSame(one, other) {
  const [files, otherFiles] = [filesOf(one), filesOf(other)]
  for (const path of new Set([...files.keys(), ...otherFiles.keys()]))
    if (files.get(path) !== otherFiles.get(path)) throw new Error(`the upgrades differ in ${path}`)
}
