import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The real data set that comes with the package. */
export const SAMPLE = {
  title: 'hourly bike sharing',
  file: 'bike-sharing/bike-sharing.csv.gz',
  target: 'count',
  time: 'dateday',
} as const

/** Where the sample is: beside the published bundle, or in a checkout. */
export function samplePath(): string {
  const bundled = fileURLToPath(new URL(`./samples/${SAMPLE.file}`, import.meta.url))
  return existsSync(bundled)
    ? bundled
    : fileURLToPath(new URL(`../../samples/${SAMPLE.file}`, import.meta.url))
}
