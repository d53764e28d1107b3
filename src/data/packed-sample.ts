import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { SAMPLE } from './sample.ts'
import type { Profile, TaskWishes } from './settle-task.ts'

/** What a person may want otherwise than it was found. */
type SampleWishes = { readonly [Key in keyof TaskWishes]?: TaskWishes[Key] | undefined }

/**
 * What the published package knows of its sample: the file is always the same, so it is read when the package is
 * built.
 *
 * @returns undefined outside the package, and where a person has wishes of their own
 */
export function packedSample(wishes: SampleWishes): Profile | undefined {
  const path = fileURLToPath(new URL('./samples/profile.json', import.meta.url))
  return hasWishes(wishes) || !existsSync(path) ? undefined : unpackProfile(readFileSync(path, 'utf8'))
}

export function packProfile(profile: Profile): string {
  return JSON.stringify({ ...profile, spans: [...profile.spans] })
}

export function unpackProfile(text: string): Profile {
  const packed = JSON.parse(text)
  return { ...packed, spans: new Map(packed.spans) }
}

function hasWishes({ target = SAMPLE.target, time, id = [], types = {}, task }: SampleWishes): boolean {
  const others = id.length + Object.keys(types).length
  return target !== SAMPLE.target || time !== undefined || task !== undefined || others > 0
}
