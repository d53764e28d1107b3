import type { Advice } from '../advise/advise.ts'
import { LEVEL_NAMES } from './level-names.ts'
import type { Output } from './output.ts'
import { wrap } from './text.ts'

const BELIEF =
  'A higher level is not better by itself. Monitoring starts at level 1: predictions against what really happened.'

/** The level that fits, why, and what not to adopt yet. */
export function formatAdvice({ level, reasons, limits, notYet }: Advice, output: Output): string {
  const bullets = (texts: readonly string[]) =>
    texts.flatMap((text) =>
      wrap(text, output.width - 4).map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`),
    )
  return [
    output.style('bold', `Level ${level} fits, ${LEVEL_NAMES[level]}`),
    ...bullets(reasons),
    ...(limits.length === 0 ? [] : ['', output.style('bold', 'Why not higher'), ...bullets(limits)]),
    ...(notYet.length === 0
      ? []
      : [
          '',
          output.style('bold', 'Not yet'),
          ...bullets(notYet.map((each) => `level ${each.level}: ${each.what}. Wait until ${each.until}.`)),
        ]),
    '',
    ...wrap(BELIEF, output.width),
  ].join('\n')
}
