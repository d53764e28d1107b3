import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

// The service may look features up as long as features.py is as it came; it knows that by a hash.
test('rows.py knows features.py as it comes', () => {
  const features = readFileSync('templates/level1/common/src/{{package}}/features.py', 'utf8')
  const rows = readFileSync('templates/level3/common/src/{{package}}/rows.py', 'utf8')
  const code = features
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !line.trimStart().startsWith('#'))
  const digest = createHash('sha256').update(code.join('\n')).digest('hex')
  expect(rows).toContain(`PLAIN_FEATURES = "${digest}"`)
})
