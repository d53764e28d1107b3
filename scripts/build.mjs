import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = `${root}dist`
const scratch = `${root}node_modules/.cache/create-mlops-build`

/** What every move of a project runs through, and the libraries that it cannot do without. */
const MOVE = [
  '[\\\\/]src[\\\\/](apply|plan|project|render|layers)[\\\\/](?!formats|setup|pack)',
  '[\\\\/]src[\\\\/]commands[\\\\/](move|move-project|open-project|settle-unfinished|read-level|context)\\.ts',
  '[\\\\/]src[\\\\/]data[\\\\/](contract|contract-file|parse-contract|render-contract|yaml-fields)\\.ts',
  '[\\\\/]src[\\\\/]ui[\\\\/](plan-table|diff)\\.ts',
  '[\\\\/]node_modules[\\\\/](yaml|handlebars)[\\\\/]',
].join('|')

rmSync(dist, { recursive: true, force: true })
await bundle(`${root}src/run.ts`, dist, 'create-mlops.mjs')
chmodSync(`${dist}/create-mlops.mjs`, 0o755)
await packTemplates()
cpSync(`${root}samples`, `${dist}/samples`, { recursive: true })
await packSample()

/** One entry and its lazily loaded chunks, with every dependency inside. */
async function bundle(input, dir, name) {
  const build = await rolldown({
    input,
    platform: 'node',
    resolve: {
      alias: {
        // node-plop would bring a second, older inquirer of half the bundle's size.
        inquirer: fileURLToPath(import.meta.resolve('inquirer')),
        // Its main entry is UMD, which cannot be bundled.
        'jsonc-parser': `${root}node_modules/jsonc-parser/lib/esm/main.js`,
      },
    },
    transform: { target: 'node20' },
    logLevel: 'warn',
    // The package has no dependencies: what is not found here would be missing everywhere.
    onLog(level, log, report) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(`${log.message}; run npm ci`)
      report(level, log)
    },
  })
  await build.write({
    dir,
    format: 'esm',
    entryFileNames: name,
    chunkFileNames: '[name]-[hash].mjs',
    minify: true,
    // What every start loads is one file, and so is what moves a project: each more takes longer to find and open than
    // to run.
    codeSplitting: {
      groups: [
        {
          name: 'cli',
          test: /[\\/]src[\\/](cli|advise[\\/]situation|errors|flags|nearest|ui[\\/](help|output))\.ts$|fastest-levenshtein|package\.json$/,
        },
        {
          name: 'move',
          test: new RegExp(MOVE),
        },
      ],
    },
  })
  await build.close()
}

/** npm leaves every .gitignore out of a package, so the templates travel in one file. */
async function packTemplates() {
  await bundle(`${root}src/layers/pack.ts`, scratch, 'pack.mjs')
  const { packTemplates } = await import(`${scratch}/pack.mjs`)
  writeFileSync(`${dist}/templates.json`, packTemplates(`${root}templates`))
  const size = readFileSync(`${dist}/templates.json`).length
  console.log(`templates.json: ${(size / 1024).toFixed(0)} kB`)
}

async function packSample() {
  // Beside the program, where the bundled code looks for the sample.
  await bundle(`${root}src/data/pack-sample.ts`, `${scratch}-sample`, 'pack-sample.mjs')
  cpSync(`${root}samples`, `${scratch}-sample/samples`, { recursive: true })
  const { packSample } = await import(`${scratch}-sample/pack-sample.mjs`)
  writeFileSync(`${dist}/samples/profile.json`, await packSample())
}
