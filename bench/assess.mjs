import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { measure } from './tools/measure.mjs'
import { buildInto, program, repository } from './tools/product.mjs'
import { machine, printTable, verdict } from './tools/report.mjs'
import { scratchFolder } from './tools/scratch.mjs'

const SIZES = [100, 1000, 5000, 20_000]
/** CPU time for 5,000 files, half of them Python about models. */
const LIMIT = { files: 5000, ms: 2000 }

const scratch = scratchFolder()
const tool = program(buildInto(join(scratch, 'built')))
console.log(`What assessing a repository costs. ${machine()}.`)
const cases = SIZES.map((files) => ({
  name: String(files),
  argv: [...tool, 'assess', makeRepository(files, join(scratch, `files-${files}`))],
}))
const results = measure(cases, { rounds: 5 })
printTable(
  'Repositories of several sizes, half of the files Python that trains, predicts and monitors',
  ['files', 'CPU ms', 'wall ms', 'target'],
  SIZES.map((files) => {
    const { cpu, wall } = results.get(String(files))
    const target = files === LIMIT.files ? verdict(cpu <= LIMIT.ms, `CPU <= ${LIMIT.ms} ms`) : ''
    return [String(files), cpu.toFixed(0), wall.toFixed(0), target]
  }),
)

/** The modules of the templates again and again, each as a package of its own, and as many other files. */
function makeRepository(files, folder) {
  const modules = ['level1', 'level2'].flatMap((level) => {
    const source = join(repository, 'templates', level, 'common/src/{{package}}')
    const names = readdirSync(source).filter((name) => name.endsWith('.py'))
    return names.map((name) => [name, readFileSync(join(source, name))])
  })
  for (let index = 0; index < files; index++) {
    const [name, content] = modules[index % modules.length]
    const place = join(folder, `package_${Math.floor(index / modules.length)}`)
    mkdirSync(place, { recursive: true })
    if (index % 2 === 0) writeFileSync(join(place, name), content)
    else writeFileSync(join(place, `${name}.js`), 'export const x = 1\n')
  }
  return folder
}
