import type { Assessment } from '../assess/assess.ts'
import { nextSteps } from '../assess/next.ts'
import type { Surroundings } from './assessment.ts'

/** The assessment for programs. */
export function assessmentAsJson(assessment: Assessment, around: Surroundings, claimed: number | undefined) {
  const { level, answered, parts, people, advice } = assessment
  return {
    level,
    answeredLevel: answered ?? null,
    claimedLevel: claimed ?? null,
    adviceLevel: advice?.level ?? null,
    verdicts: around.verdicts,
    models: parts.map((part) => {
      const next = nextSteps(part)
      return {
        path: part.path,
        level: part.level,
        machinery: part.machinery,
        skippedFiles: part.skipped,
        dimensions: part.dimensions,
        runs: part.outcomes.map(({ trial, worked, seconds, said }) => ({ ...trial, worked, seconds, said })),
        criteria: part.judged.map(({ criterion, score, evidence, lacking, answer }) => ({
          id: criterion.id,
          level: criterion.level,
          dimension: criterion.dimension,
          title: criterion.title,
          source: criterion.source,
          optional: criterion.optional ?? false,
          confidence: criterion.confidence,
          score,
          answer: answer ?? null,
          lacking: lacking ?? null,
          evidence,
        })),
        traps: part.traps.map(({ trap, evidence }) => ({
          id: trap.id,
          title: trap.title,
          meaning: trap.meaning,
          evidence,
        })),
        next:
          next === undefined
            ? null
            : {
                level: next.to,
                steps: next.missing.map((judged) => ({
                  id: judged.criterion.id,
                  level: judged.criterion.level,
                  raise: judged.criterion.raise,
                  adds: around.adds(judged) ?? null,
                })),
              },
      }
    }),
    people: people.map(({ row, answer }) => ({ ...row, answer: answer ?? null })),
    guide: around.guide,
  }
}
