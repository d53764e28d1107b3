import type { Assessment, PartAssessment } from '../assess/assess.ts'
import type { Evidence } from '../assess/evidence.ts'
import type { LevelGuide } from '../assess/level-guide.ts'
import { nextSteps } from '../assess/next.ts'
import type { Judged, Reached } from '../assess/score.ts'
import { LEVELS } from '../layers/level.ts'
import { LEVEL_NAMES } from './level-names.ts'
import type { Output } from './output.ts'
import { oneLine, shorten, wrap } from './text.ts'

/** What stands around the scores: the sentences, and what docs/level.md says of the level. */
export interface Surroundings {
  readonly title: string
  readonly verdicts: readonly string[]
  readonly guide: LevelGuide
  readonly adds: (judged: Judged) => string | undefined
}

const SHOWN = 3

/** The assessment for people. */
export function formatAssessment(assessment: Assessment, around: Surroundings, output: Output): string {
  const { level, parts } = assessment
  return [
    output.style('bold', `${oneLine(around.title)}: level ${level}, ${LEVEL_NAMES[level]}`),
    ...around.verdicts.flatMap((verdict) => wrapped(oneLine(verdict), '  ', output.width)),
    ...parts.flatMap((part) => formatPart(part, around, output)),
    ...formatPeople(assessment, output),
    ...formatGuide(level, around.guide, output),
  ].join('\n')
}

function formatPart(part: PartAssessment, around: Surroundings, output: Output): string[] {
  return [
    '',
    ...(part.path === ''
      ? []
      : [output.style('bold', `${oneLine(part.path)}: level ${part.level}, ${LEVEL_NAMES[part.level]}`), '']),
    ...formatDimensions(part, output),
    ...formatOutcomes(part, output),
    ...formatFound(part, output),
    ...formatTraps(part, output),
    ...formatNext(part, around, output),
  ]
}

/** Met and asked criteria of each level, by dimension. */
function formatDimensions({ dimensions }: PartAssessment, output: Output): string[] {
  const header = ['', 'reached', ...LEVELS.map((level) => `level ${level}`)]
  const rows = dimensions.map(({ dimension, level, byLevel }) => [
    dimension,
    String(level),
    ...LEVELS.map((each) => (byLevel[each].of === 0 ? '-' : `${byLevel[each].met} of ${byLevel[each].of}`)),
  ])
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, i) => cell.padEnd(i === 0 ? 12 : 7)).join('  ')}`.trimEnd()
  return [output.style('dim', line(header)), ...rows.map(line)]
}

function formatOutcomes({ outcomes }: PartAssessment, output: Output): string[] {
  if (outcomes.length === 0) return []
  return [
    '',
    output.style('bold', 'What was run, in a copy'),
    ...outcomes.map(({ trial, worked, seconds, said }) => {
      const verdict = worked === null ? 'not run' : worked ? 'works' : 'FAILS'
      return `  ${verdict.padEnd(8)} ${trial.command.join(' ')} (${seconds.toFixed(1)} s): ${shorten(oneLine(said), 60)}`
    }),
  ]
}

function formatFound({ judged }: PartAssessment, output: Output): string[] {
  const found = judged.filter(({ score }) => score > 0).sort((a, b) => a.criterion.level - b.criterion.level)
  if (found.length === 0) return []
  return [
    '',
    output.style('bold', 'What is there (1: run by itself; ½: present)'),
    ...found.flatMap(({ criterion, score, evidence }) => [
      `  ${output.style('green', score === 1 ? '1' : '½')} ${criterion.id.padEnd(4)} level ${criterion.level}  ${criterion.title}`,
      ...places(evidence, output),
    ]),
  ]
}

function formatTraps({ traps }: PartAssessment, output: Output): string[] {
  if (traps.length === 0) return []
  return [
    '',
    output.style('bold', 'What does not count, or does harm'),
    ...traps.flatMap(({ trap, evidence }) => [
      `  ${output.style('yellow', '!')} ${trap.id.padEnd(4)} ${trap.title}`,
      ...wrapped(trap.meaning, '         ', output.width),
      ...places(evidence, output),
    ]),
  ]
}

function formatNext(part: PartAssessment, { adds }: Surroundings, output: Output): string[] {
  const next = nextSteps(part)
  if (next === undefined) return []
  return [
    '',
    output.style('bold', `What would raise it to level ${next.to}, in this order`),
    ...next.missing.flatMap((judged, index) => {
      const added = adds(judged)
      return [
        `  ${String(index + 1).padStart(2)}. ${judged.criterion.id.padEnd(4)} level ${judged.criterion.level}  ${judged.criterion.title}`,
        ...wrapped(judged.criterion.raise, '         ', output.width),
        ...(judged.lacking === undefined
          ? []
          : wrapped(`So far: ${judged.lacking}.`, '         ', output.width)),
        ...places(judged.evidence, output),
        ...(added === undefined ? [] : [output.style('dim', `         create-mlops brings ${added}`)]),
      ]
    }),
  ]
}

function formatPeople({ people }: Assessment, output: Output): string[] {
  const open = people.filter(({ answer }) => answer === undefined)
  if (open.length === 0) return []
  return [
    '',
    output.style('bold', 'What no file can show (answer it with --answers)'),
    ...open.map(({ row }) => `  ? ${row.id.padEnd(4)} level ${row.level}  ${row.question}`),
  ]
}

/** What keeps from climbing for its own sake. */
function formatGuide(level: Reached, { enough, due }: LevelGuide, output: Output): string[] {
  const at = Math.max(level, 1)
  const bullets = (list: readonly string[]) => list.flatMap((each) => bullet(each, output.width))
  return [
    ...(enough.length === 0
      ? []
      : ['', output.style('bold', `A level above ${at} would not be worth it while`), ...bullets(enough)]),
    ...(due.length === 0
      ? []
      : ['', output.style('bold', `Signs that level ${at + 1} is due`), ...bullets(due)]),
    '',
    'A higher level is not better by itself. create-mlops advise asks a few questions and says which one fits.',
  ]
}

function bullet(text: string, width: number): string[] {
  return wrap(text, width - 4).map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`)
}

function places(evidence: readonly Evidence[], output: Output): string[] {
  const shown = distinct(evidence)
  const lines = shown
    .slice(0, SHOWN)
    .map((each) => output.style('dim', `         ${shorten(oneLine(placeOf(each)), output.width - 9)}`))
  return shown.length > SHOWN
    ? [...lines, output.style('dim', `         … and ${shown.length - SHOWN} more`)]
    : lines
}

function distinct(evidence: readonly Evidence[]): Evidence[] {
  return [...new Map(evidence.map((each) => [placeOf(each), each])).values()]
}

/** Where a piece of evidence stands, as editors understand it. */
export function placeOf({ path, line, cell, what }: Evidence): string {
  return `${path}:${cell === undefined ? line : `cell ${cell}:${line}`} ${what.replace(/^\./, '')}`
}

function wrapped(text: string, indent: string, width: number): string[] {
  return wrap(text, width - indent.length).map((line) => indent + line)
}
