import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { addOption } from './scripts/add-option.mjs'

const LEVELS = [1, 2, 3, 4, 5]
const NAME = /^[a-z][a-z0-9-]*$/

/** `npm run new:option`: a further tool for a choice of a level. */
export default function plopfile(plop) {
  const root = plop.getPlopfilePath()
  plop.setActionType('add-option', (answers) => addOption(root, answers))
  plop.setGenerator('option', {
    description: 'a further option of a choice, e.g. framework=xgboost',
    prompts: [
      {
        type: 'list',
        name: 'level',
        message: 'Level',
        choices: LEVELS.filter((level) => choicesOf(root, level).length > 0),
      },
      { type: 'list', name: 'choice', message: 'Choice', choices: ({ level }) => choicesOf(root, level) },
      {
        type: 'input',
        name: 'option',
        message: 'Name of the option',
        validate: (name) => NAME.test(name) || 'lower case letters, digits and "-"',
      },
      {
        type: 'input',
        name: 'summary',
        message: 'What it is, in one line',
        validate: (text) => text.trim() !== '',
      },
    ],
    actions: [{ type: 'add-option' }],
  })
}

function choicesOf(root, level) {
  try {
    return Object.keys(
      parse(readFileSync(`${root}/templates/level${level}/layer.yaml`, 'utf8')).choices ?? {},
    )
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
}
