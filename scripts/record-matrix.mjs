import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'

/**
 * Writes templates/tested.json: for each option, how many end-to-end tests ran with it last, and how they ended. A test
 * names the options that it uses in its title, as `choice=option`. The matrix takes hours, so it may be run in parts,
 * each with a result of its own: node scripts/record-matrix.mjs RESULT.json…, of which a later one counts for a test.
 */
const files = process.argv.length > 2 ? process.argv.slice(2) : ['.cache/e2e.json']
const results = files.map((file) => JSON.parse(readFileSync(file, 'utf8')))
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const ran = results
  .sort((one, other) => one.startTime - other.startTime)
  .flatMap(({ testResults }) => testResults.flatMap((file) => file.assertionResults))
  .filter(({ status }) => ['passed', 'failed'].includes(status))
const tests = [...new Map(ran.map((test) => [test.fullName, test])).values()]
const date = new Date(Math.min(...results.map(({ startTime }) => startTime))).toISOString().slice(0, 10)

const tested = {}
for (const level of readdirSync('templates')
  .filter((name) => name.startsWith('level'))
  .sort())
  for (const [choice, { options }] of Object.entries(readChoices(level)))
    for (const option of Object.keys(options)) tested[`${choice}=${option}`] = resultOf(`${choice}=${option}`)

writeFileSync('templates/tested.json', `${JSON.stringify(tested, null, 2)}\n`)
console.table(tested)

function readChoices(level) {
  return parse(readFileSync(`templates/${level}/layer.yaml`, 'utf8')).choices ?? {}
}

function resultOf(option) {
  // Where a title is made from a table, values are in quotation marks.
  const ofOption = tests.filter(({ fullName }) =>
    fullName
      .replaceAll("'", '')
      .split(/[\s:,]+/)
      .includes(option),
  )
  const count = (status) => ofOption.filter((test) => test.status === status).length
  return { passed: count('passed'), failed: count('failed'), date, version }
}
