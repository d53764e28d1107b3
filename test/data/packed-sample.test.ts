import { describe, expect, it } from 'vitest'
import { packSample } from '../../src/data/pack-sample.ts'
import { packedSample, unpackProfile } from '../../src/data/packed-sample.ts'
import { profileData } from '../../src/data/profile.ts'
import { SAMPLE, samplePath } from '../../src/data/sample.ts'

describe('what the package knows of its sample', () => {
  it('is what reading the file finds out', async () => {
    const packed = unpackProfile(await packSample())
    expect(packed).toEqual(await profileData(samplePath(), { target: SAMPLE.target }))
  })

  it('is not used in a checkout, where the file may change', () => {
    expect(packedSample({})).toBeUndefined()
  })
})
