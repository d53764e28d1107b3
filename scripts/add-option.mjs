import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseDocument } from 'yaml'

/**
 * Declares an option in its level's layer.yaml, comments kept, and makes its folder with the files that the
 * choice's default option has, empty.
 *
 * @returns what is left to do, for people
 */
export function addOption(root, { level, choice, option, summary }) {
  const layerFile = `${root}/templates/level${level}/layer.yaml`
  const document = parseDocument(readFileSync(layerFile, 'utf8'))
  const path = ['choices', choice, 'options', option]
  if (document.hasIn(path)) throw new Error(`${choice} has an option ${option} already`)
  const [first] = Object.keys(document.toJS().choices[choice].options)
  document.setIn(path, document.createNode({ summary }))
  const folder = `${root}/templates/level${level}/${choice}`
  for (const entry of readdirSync(`${folder}/${first}`, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.includes('__pycache__')) continue
    const parent = entry.parentPath.replace(`${folder}/${first}`, `${folder}/${option}`)
    mkdirSync(parent, { recursive: true })
    writeFileSync(`${parent}/${entry.name}`, '', { flag: 'wx' })
  }
  writeFileSync(layerFile, document.toString({ lineWidth: 120 }))
  return `templates/level${level}/${choice}/${option}: fill its files, add its dependencies to layer.yaml, and its row to test/e2e/stacks.ts`
}
