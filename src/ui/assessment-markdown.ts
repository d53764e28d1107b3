import type { Assessment } from '../assess/assess.ts'
import { nextSteps } from '../assess/next.ts'
import { LEVELS } from '../layers/level.ts'
import { placeOf, type Surroundings } from './assessment.ts'
import { LEVEL_NAMES } from './level-names.ts'
import { oneLine } from './text.ts'

const COLOURS = ['lightgrey', 'orange', 'yellow', 'yellowgreen', 'green', 'brightgreen']

/** The assessment as a page, for a README or a comment on a pull request. */
export function assessmentAsMarkdown(assessment: Assessment, around: Surroundings): string {
  const { level, parts } = assessment
  return [
    badge(level),
    '',
    `# ${escaped(around.title)}: MLOps level ${level}, ${LEVEL_NAMES[level]}`,
    '',
    ...around.verdicts.flatMap((verdict) => [escaped(verdict), '']),
    ...parts.flatMap((part) => [
      ...(part.path === '' ? [] : [`## ${escaped(part.path)}: level ${part.level}`, '']),
      `| | reached | ${LEVELS.map((each) => `level ${each}`).join(' | ')} |`,
      `|---|---|${LEVELS.map(() => '---|').join('')}`,
      ...part.dimensions.map(
        ({ dimension, level: reached, byLevel }) =>
          `| ${dimension} | ${reached} | ${LEVELS.map((each) => (byLevel[each].of === 0 ? '' : `${byLevel[each].met} of ${byLevel[each].of}`)).join(' | ')} |`,
      ),
      '',
      '| criterion | level | score | evidence |',
      '|---|---|---|---|',
      ...part.judged
        .filter(({ score }) => score > 0)
        .map(
          ({ criterion, score, evidence }) =>
            `| ${criterion.id} ${criterion.title} | ${criterion.level} | ${score} | ${code(evidence[0] === undefined ? '' : placeOf(evidence[0]))} |`,
        ),
      '',
      ...part.traps.flatMap(({ trap, evidence }) => [
        `- **${trap.title}**: ${trap.meaning} ${evidence
          .slice(0, 3)
          .map((each) => code(placeOf(each)))
          .join(', ')}`,
      ]),
      ...(part.traps.length === 0 ? [] : ['']),
      ...nextOf(part),
    ]),
  ].join('\n')
}

function badge(level: Assessment['level']): string {
  const name = LEVEL_NAMES[level].replaceAll(' ', '_')
  return `![MLOps level ${level}](https://img.shields.io/badge/MLOps_level-${level}_${name}-${COLOURS[level]})`
}

function nextOf(part: Assessment['parts'][number]): string[] {
  const next = nextSteps(part)
  if (next === undefined) return []
  return [
    `Next, for level ${next.to}:`,
    '',
    ...next.missing.map(
      ({ criterion, lacking }, index) =>
        `${index + 1}. ${criterion.id}: ${criterion.raise}${lacking === undefined ? '' : ` So far: ${escaped(lacking)}.`}`,
    ),
    '',
  ]
}

function escaped(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]<>|#]/g, '\\$&')
}

function code(text: string): string {
  const clean = oneLine(text).replaceAll('`', "'").replaceAll('|', '\\|')
  return clean === '' ? '' : `\`${clean}\``
}
