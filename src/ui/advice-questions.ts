import inquirer from 'inquirer'
import type { Question, Situation } from '../advise/situation.ts'

/** Asks the questions of `advise` in the terminal. */
export async function askQuestions(
  questions: readonly Question[],
): Promise<Map<Question, Situation[keyof Situation]>> {
  const answers = new Map<Question, Situation[keyof Situation]>()
  for (const question of questions) {
    const { text } = await inquirer.prompt([
      {
        type: 'input',
        name: 'text',
        message: question.message,
        default: question.initial,
        validate: (answer: string) =>
          question.parse(answer.trim()) !== undefined || `Expected ${question.expected}`,
      },
    ])
    answers.set(question, question.parse((text as string).trim()) as Situation[keyof Situation])
  }
  return answers
}
