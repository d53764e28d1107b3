import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { edit } from './edit.ts'
import { model, readJson } from './projects.ts'

/** Fills in the review of a version, as a person does. */
export function approveVersion(project: string, version: number): void {
  const begun = model(project, 'review', String(version))
  expect(begun.code, begun.output).toBe(0)
  const path = `docs/reviews/version-${version}.md`
  const { sha256 } = readJson(project, `models/versions/${version}/signature.json`)
  expect(readFileSync(join(project, path), 'utf8')).toContain(sha256)
  const fields = { Decision: 'approved', Reviewer: 'A. Person', Date: '2026-11-24', Reason: 'looked at it' }
  for (const [name, value] of Object.entries(fields))
    edit(project, path, new RegExp(`^- \\*\\*${name}\\*\\*:.*$`, 'm'), `- **${name}**: ${value}`)
}
