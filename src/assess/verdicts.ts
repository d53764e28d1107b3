import type { Assessment, PartAssessment } from './assess.ts'
import type { Reached } from './score.ts'

/** What the score means, in sentences. */
export function verdictsOf(assessment: Assessment, claimed: number | undefined): string[] {
  const { level, parts, advice, answered } = assessment
  return [
    ...(parts.length > 1 ? [severalModels(parts)] : []),
    ...parts.flatMap((part) => holes(part)),
    ...parts.flatMap((part) => unguarded(part)),
    ...skippedFiles(Math.max(...parts.map(({ skipped }) => skipped))),
    ...(claimed === undefined || claimed === level
      ? []
      : [`mlops.yaml says level ${claimed}, and the files show level ${level}.`]),
    ...(answered === undefined || answered === level
      ? []
      : [`With what people say it is level ${answered}; what nobody can see in the files is not proven.`]),
    ...(advice === undefined
      ? []
      : fitting(level, Math.max(level, ...parts.map((each) => each.machinery)), advice.level)),
  ]
}

function severalModels(parts: readonly PartAssessment[]): string {
  const levels = parts.map(({ path, level }) => `${path}: level ${level}`)
  return `It holds ${parts.length} models (${levels.join(', ')}); the weakest one decides.`
}

/** A criterion of a level never makes up for one of the level below it. */
function holes({ path, level, machinery, dimensions }: PartAssessment): string[] {
  if (machinery <= level) return []
  const weakest = dimensions.filter((each) => each.level === level).map((each) => each.dimension)
  const where = path === '' ? '' : `${path}: `
  return [
    `${where}the machinery is that of level ${machinery}, with holes in ${list(weakest)} that hold it at level ${level}. Close them before adding more.`,
  ]
}

function unguarded({ path, traps }: PartAssessment): string[] {
  const where = path === '' ? '' : `${path}: `
  return traps.some(({ trap }) => trap.id === 'X8')
    ? [`${where}unguarded level 5: it retrains by itself, and nothing decides whether it should.`]
    : []
}

/** What was not looked at must not pass for absent. */
function skippedFiles(count: number): string[] {
  if (count === 0) return []
  return [
    `${count} more Python files may matter and were too many to be looked at. To look closer, assess the folder of one model.`,
  ]
}

function fitting(level: Reached, machinery: number, advised: number): string[] {
  if (machinery > advised)
    return [
      `Over-mature: level ${advised} fits this situation, and there is machinery of level ${machinery} to keep running. A higher level is not better by itself.`,
    ]
  if (level < advised) return [`Level ${advised} fits this situation.`]
  return ['This is the level that fits; a higher one would cost more than it brings.']
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
