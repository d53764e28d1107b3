import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { modulePath } from './layers.mjs'
import { commitAll, git, run } from './run.mjs'

/** Makes a project of level 1 with the data that it needs, and nothing more. */
export function createProject(program, folder) {
  const data = `${folder}.csv`
  const rows = Array.from({ length: 200 }, (_, row) => `${row * 0.5},${row % 7},${row % 2 ? 'yes' : 'no'}`)
  writeFileSync(data, `size,kind,outcome\n${rows.join('\n')}\n`)
  const flags = ['--target', 'outcome', '--time', 'none', '--yes', '--no-install', '--no-git']
  run([...program, folder, '--name', 'bench', '--data', data, ...flags])
}

/** Edits files as a user would, some of which the upgrade changes too, and commits everything. */
export function editAndCommit(folder) {
  for (const index of [0, 2, 4]) {
    const file = join(folder, modulePath(index))
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace('scaled = value', 'scaled = 2 * value'))
  }
  for (const index of [1, 3]) appendFileSync(join(folder, modulePath(index)), '\nMINE = True\n')
  writeFileSync(join(folder, 'src/mine.py'), 'MINE = True\n')
  commitAll(folder)
}

/** Takes everything back that happened since the commit. */
export function reset(folder) {
  git(folder, 'reset', '--quiet', '--hard')
  git(folder, 'clean', '--quiet', '-fdx')
}

/** Puts files into a folder of a project that have nothing to do with it. All are alike, so git stores one. */
export function addOtherFiles(project, count) {
  for (let index = 0; index < count; index++) {
    const file = join(project, 'others', `${Math.floor(index / 100)}`, `${index % 100}.txt`)
    if (index % 100 === 0) mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, 'not ours\n')
  }
}
