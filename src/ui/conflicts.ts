import inquirer from 'inquirer'
import type { Answer, Change } from '../plan/change.ts'
import { diffsOf, formatDiffs } from './diff.ts'
import type { Output } from './output.ts'

/** What can be asked about. */
export type Open = Extract<Change, { kind: 'conflict' | 'pending' }>

const WORDS: Record<Answer, string> = {
  mine: 'keep my file (the template is offered again next time)',
  theirs: "take the template's, and lose my edits in this file",
  markers: 'write both with conflict markers, and settle it in an editor',
}

const EVERY_ANSWER: readonly Answer[] = ['mine', 'theirs', 'markers']

/** Shows each conflict as a diff and asks what to do; keeping the user's file is the default. */
export async function askAboutConflicts(
  questions: readonly Open[],
  output: Output,
): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>()
  for (const question of questions) {
    const possible = question.kind === 'conflict' ? question.answers : EVERY_ANSWER
    if (possible.length === 0) continue
    output.print(`\n${output.style('bold', question.path)}: ${question.reason}`)
    output.print(await formatDiffs(diffsOf([question]), output))
    const { answer } = await inquirer.prompt([
      {
        type: 'select',
        name: 'answer',
        message: question.path,
        default: 'mine',
        choices: possible.map((value) => ({ value, name: WORDS[value] })),
      },
    ])
    answers.set(question.path, answer as Answer)
  }
  return answers
}
