import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Column } from '../../src/data/contract.ts'
import { type ColumnsProfile, type Profile, profileColumns, profileData } from '../../src/data/profile.ts'
import { KnownError } from '../../src/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'create-mlops-data-'))
let files = 0

/** A file with this content, in a folder of its own kind. */
export function dataFile(content: string | Uint8Array, extension = 'csv'): string {
  files++
  const file = join(folder, `data-${files}.${extension}`)
  writeFileSync(file, content)
  return file
}

/** CSV text: a line of names, then `count` rows. */
export function csv(names: string, count: number, row: (i: number) => readonly unknown[]): string {
  return [names, ...Array.from({ length: count }, (_, i) => row(i).join(','))].join('\n')
}

export function columnsOf(content: string | Uint8Array): Promise<ColumnsProfile> {
  return profileColumns(dataFile(content))
}

export async function columnOf(values: readonly string[], name = 'value'): Promise<Column> {
  const { columns } = await columnsOf(csv(`${name},other`, values.length, (i) => [values[i], `w${i % 7}`]))
  const [profile] = columns
  if (profile === undefined) throw new Error('no column')
  return profile.column
}

type Wishes = Parameters<typeof profileData>[1]

export function profileOf(content: string | Uint8Array, wishes: Wishes): Promise<Profile> {
  return profileData(dataFile(content), wishes)
}

export function named(profile: Profile, name: string): Column {
  const found = profile.contract.columns.find((column) => column.name === name)
  if (found === undefined) throw new Error(`no column ${name}`)
  return found
}

/** What the user is told when this fails: the message and the hint. */
export async function complaint(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof KnownError))
    throw new Error(`expected a KnownError, got ${String(error)}`, { cause: error })
  return `${error.message}\n${error.hint ?? ''}`
}

/** A number from 0 to 1 that looks random and is always the same. */
export function noise(i: number, series = 1): number {
  const x = Math.sin(i * 12.9898 + series * 78.233) * 43758.5453
  return x - Math.floor(x)
}
