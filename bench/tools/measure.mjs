import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'
import { scratchFolder } from './scratch.mjs'

/**
 * Measures commands with hyperfine. They take turns, so a slow minute of the machine hits all of them alike, and a
 * first, unmeasured turn warms the caches of the file system.
 *
 * @param cases `{ name, argv, cwd?, prepare? }`; `prepare` runs before each start, unmeasured
 * @returns for each name the medians in milliseconds: CPU time (user + system) and wall time
 */
export function measure(cases, { rounds }) {
  const file = join(scratchFolder(), 'hyperfine.json')
  const samples = new Map(cases.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round++)
    for (const each of cases) {
      each.prepare?.()
      const sample = measureOnce(each, file)
      if (round > 0) samples.get(each.name).push(sample)
      showProgress(`round ${round} of ${rounds}: ${each.name}`)
    }
  showProgress('')
  return new Map([...samples].map(([name, taken]) => [name, medians(taken)]))
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function measureOnce({ argv, cwd }, file) {
  const command = argv.map(quote).join(' ')
  run(['hyperfine', '--shell=none', '--runs=1', '--style=none', `--export-json=${file}`, command], { cwd })
  const [{ user, system, median: wall }] = JSON.parse(readFileSync(file, 'utf8')).results
  return { cpu: (user + system) * 1000, wall: wall * 1000 }
}

function medians(samples) {
  return { cpu: median(samples.map(({ cpu }) => cpu)), wall: median(samples.map(({ wall }) => wall)) }
}

function showProgress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

function quote(argument) {
  return `'${argument.replaceAll("'", `'\\''`)}'`
}
