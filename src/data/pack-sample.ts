import { packProfile } from './packed-sample.ts'
import { profileData } from './profile.ts'
import { SAMPLE, samplePath } from './sample.ts'

/** What is found out about the bundled sample, as a text for the published package. */
export async function packSample(): Promise<string> {
  return packProfile(await profileData(samplePath(), { target: SAMPLE.target }))
}
