import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { run } from './run.ts'

/** Changes a text in a file of a project, which has to be there. Returns what brings the file back. */
export function edit(
  project: string,
  path: string,
  from: string | RegExp,
  to: string | ((text: string) => string),
): () => void {
  const before = readFileSync(join(project, path), 'utf8')
  const after = before.replace(from, typeof to === 'string' ? () => to : to)
  expect(after, `${path} has no ${from}`).not.toBe(before)
  writeFileSync(join(project, path), after)
  return () => writeFileSync(join(project, path), before)
}

export function commitAll(project: string): void {
  for (const args of [
    ['add', '--all'],
    ['commit', '--quiet', '--no-verify', '--allow-empty', '--message', 'Everything'],
  ]) {
    const done = run(project, 'git', args)
    if (done.code !== 0) throw new Error(done.output)
  }
}
