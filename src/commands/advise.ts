import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { advise as adviseOn } from '../advise/advise.ts'
import { type Given, QUESTIONS, type Question, type Situation, situationFrom } from '../advise/situation.ts'
import { EXIT, type ExitCode, usageError } from '../errors.ts'
import { flagValue, type Parsed } from '../flags.ts'
import { highestLevel, readCatalog } from '../layers/catalog.ts'
import { loadTemplates } from '../layers/templates.ts'
import { SETTINGS_FILE } from '../project/settings.ts'
import { formatAdvice } from '../ui/advice.ts'
import { type Context, isAsking } from './context.ts'

/** Which level fits: a few questions, an answer with reasons. */
export async function advise(parsed: Parsed, context: Context): Promise<ExitCode> {
  const { cwd, output } = context
  const given = givenAnswers(parsed)
  const situation = isAsking(context) ? await askRest(given) : requireAll(given)
  const advice = adviseOn(situation)
  const offered = Math.min(advice.level, highestLevel(readCatalog(loadTemplates())))
  const command = existsSync(join(cwd, SETTINGS_FILE))
    ? `create-mlops upgrade --to ${offered}`
    : `create-mlops my-model --level ${offered} --data FILE --target COLUMN`
  output.print(formatAdvice(advice, output))
  output.print(
    [
      '',
      output.style('bold', 'The command'),
      `  ${command}`,
      ...(offered < advice.level
        ? [`  This version goes up to level ${offered}, a good start on the way.`]
        : []),
    ].join('\n'),
  )
  // Infinity is no JSON.
  const labelDelay = Number.isFinite(situation.labelDelay) ? situation.labelDelay : 'never'
  output.result({ ...advice, situation: { ...situation, labelDelay }, command })
  return EXIT.ok
}

/** @throws KnownError (usage) that names the flag whose value is no answer */
function givenAnswers(parsed: Parsed): Given {
  const given = new Map<Question, Situation[keyof Situation]>()
  for (const question of QUESTIONS) {
    const text = flagValue(parsed, question.flag)
    if (text === undefined) continue
    const answer = question.parse(text)
    if (answer === undefined)
      throw usageError(`--${question.flag} is "${text}", expected ${question.expected}`)
    given.set(question, answer)
  }
  return given
}

/** @throws KnownError (usage) that names the flags which are missing */
function requireAll(given: Given): Situation {
  const missing = QUESTIONS.filter((question) => !given.has(question))
  if (missing.length > 0)
    throw usageError(
      `There is no terminal to ask in, and ${missing.map(({ flag }) => `--${flag}`).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
      missing.map(({ flag, value, help }) => `--${flag} ${value}: ${help}`).join('\n'),
    )
  return situationFrom(given)
}

async function askRest(given: Given): Promise<Situation> {
  const { askQuestions } = await import('../ui/advice-questions.ts')
  const asked = await askQuestions(QUESTIONS.filter((question) => !given.has(question)))
  return situationFrom(new Map([...given, ...asked]))
}
