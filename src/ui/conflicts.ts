import inquirer from 'inquirer'
import type { Answer, Conflict } from '../plan/change.ts'
import { formatDiffs } from './diff.ts'
import type { Output } from './output.ts'

const WORDS: Record<Answer, string> = {
  mine: 'keep my file (the template is offered again next time)',
  theirs: "take the template's, and lose my edits in this file",
  markers: 'write both with conflict markers, and settle it in an editor',
}

/** Shows each conflict as a diff and asks what to do; keeping the user's file is the default. */
export async function askAboutConflicts(
  conflicts: readonly Conflict[],
  output: Output,
): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>()
  for (const conflict of conflicts) {
    if (conflict.answers.length === 0) continue
    output.print(`\n${output.style('bold', conflict.path)}: ${conflict.reason}`)
    output.print(await formatDiffs([conflict], output))
    const { answer } = await inquirer.prompt([
      {
        type: 'select',
        name: 'answer',
        message: conflict.path,
        default: 'mine',
        choices: conflict.answers.map((value) => ({ value, name: WORDS[value] })),
      },
    ])
    answers.set(conflict.path, answer as Answer)
  }
  return answers
}
