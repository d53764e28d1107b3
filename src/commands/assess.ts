import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { ADDS } from '../assess/adds.ts'
import { type Answers, NO_ANSWERS, parseAnswers } from '../assess/answers.ts'
import { assessRepository, type Outcomes } from '../assess/assess.ts'
import { levelGuide } from '../assess/level-guide.ts'
import { partsOf } from '../assess/parts.ts'
import { openRepository, type Repository } from '../assess/repository/repository.ts'
import type { Judged } from '../assess/score.ts'
import { type Outcome, trialsOf } from '../assess/trials.ts'
import { verdictsOf } from '../assess/verdicts.ts'
import { EXIT, type ExitCode, KnownError, usageError } from '../errors.ts'
import { flagValue, type Parsed } from '../flags.ts'
import { highestLevel, readCatalog } from '../layers/catalog.ts'
import type { LevelNumber } from '../layers/level.ts'
import { loadTemplates } from '../layers/templates.ts'
import { packageName } from '../project/name.ts'
import { parseSettings, SETTINGS_FILE } from '../project/settings.ts'
import { formatAssessment, type Surroundings } from '../ui/assessment.ts'
import { assessmentAsJson } from '../ui/assessment-json.ts'
import { assessmentAsMarkdown } from '../ui/assessment-markdown.ts'
import type { Output } from '../ui/output.ts'
import { showProgress } from '../ui/progress.ts'
import type { Context } from './context.ts'
import { readLevel } from './read-level.ts'

/** Which level of maturity a repository has reached, by what its files show. */
export async function assess(parsed: Parsed, { cwd, output }: Context): Promise<ExitCode> {
  const dir = parsed.positionals[0] ?? '.'
  const root = resolve(cwd, dir)
  if (!existsSync(root) || !statSync(root).isDirectory())
    throw usageError(`${dir} is no folder`, 'Name the folder of a repository.')
  const least = readLevel('min-level', flagValue(parsed, 'min-level'))
  const answers = readAnswers(flagValue(parsed, 'answers'), cwd)
  const repository = openRepository(root)
  const outcomes = parsed.switches.has('run') ? await tryOut(repository, output) : new Map()
  const assessment = assessRepository(repository, answers, outcomes)
  const claimed = claimedLevel(root)
  const templates = loadTemplates()
  const highest = highestLevel(readCatalog(templates))
  const around: Surroundings = {
    title: basename(root),
    verdicts: verdictsOf(assessment, claimed),
    guide: levelGuide(templates, Math.max(assessment.level, 1) as LevelNumber),
    adds: (judged) => addedBy(judged, highest, basename(root)),
  }
  output.print(
    parsed.switches.has('markdown')
      ? assessmentAsMarkdown(assessment, around)
      : formatAssessment(assessment, around, output),
  )
  output.result(assessmentAsJson(assessment, around, claimed))
  if (least === undefined || assessment.level >= least) return EXIT.ok
  output.note(`Level ${assessment.level} is below --min-level ${least}.`)
  return EXIT.error
}

/** Runs the tests and the training of each model in a copy. */
async function tryOut(repository: Repository, output: Output): Promise<Outcomes> {
  const { tryInCopy } = await import('../assess/sandbox.ts')
  const outcomes = new Map<string, readonly Outcome[]>()
  for (const part of partsOf(repository)) {
    const trials = trialsOf(part.repository, part.path)
    const commands = trials.map(({ command }) => command.join(' ')).join('; ')
    const progress = showProgress(
      output,
      `Running in a copy, with your rights: ${commands || 'nothing to run'}`,
    )
    outcomes.set(part.path, await tryInCopy(repository.root, trials).finally(() => progress.stop()))
  }
  return outcomes
}

function readAnswers(file: string | undefined, cwd: string): Answers {
  if (file === undefined) return NO_ANSWERS
  const path = resolve(cwd, file)
  if (!existsSync(path)) throw usageError(`--answers names ${file}, which does not exist`)
  return parseAnswers(readFileSync(path, 'utf8'), file)
}

/** What the repository says of itself; a damaged file says nothing. */
function claimedLevel(root: string): LevelNumber | undefined {
  const path = join(root, SETTINGS_FILE)
  if (!existsSync(path)) return undefined
  try {
    return parseSettings(readFileSync(path, 'utf8')).level
  } catch (error) {
    if (error instanceof KnownError) return undefined
    throw error
  }
}

/** The file that moving up would bring, with the name that the package would have. */
function addedBy({ criterion }: Judged, highest: LevelNumber, name: string): string | undefined {
  if (criterion.level > highest) return undefined
  return ADDS[criterion.id]?.replace('{{package}}', nameOf(name))
}

function nameOf(folder: string): string {
  try {
    return packageName(folder)
  } catch {
    return 'package'
  }
}
