import { posix } from 'node:path'
import type { FormatResult } from '../item.ts'
import { NoOpinion } from './no-opinion.ts'
import { applyEdits, insertLines, isBlank, lineAbove, lineStart, nextLine, removal, toLf } from './text.ts'

const COMPANION = 'mlops.mk'
const INCLUDE = `-include ${COMPANION}`
const INCLUDE_LINE = new RegExp(`^${INCLUDE}[ \\t]*\\r?$`, 'm')
/** Settings that hold for every file that make reads. */
const CHANGES_EVERYTHING =
  /^(?:export +)?(?:SHELL|MAKEFLAGS|\.SHELLFLAGS|\.DEFAULT_GOAL|\.RECIPEPREFIX) *[:+!]*=|^\.(?:ONESHELL|SILENT|POSIX|IGNORE|NOTPARALLEL|EXPORT_ALL_VARIABLES)\b/m

/**
 * A Makefile of the user's stays as it is, but for one line that includes the layer's, which has a file of
 * its own beside it. Where both define a target or a variable, make would silently take the later one: that
 * is a conflict.
 */
export function mergeMakefile(
  path: string,
  base: string | null,
  yours: string,
  theirs: string,
): FormatResult {
  const isIncluded = INCLUDE_LINE.test(yours)
  if (isBlank(theirs)) return { text: withoutInclude(yours) }
  if (base !== null && !isIncluded) throw new NoOpinion('a Makefile of the template, edited')
  const twice = intersection(definitions(yours), definitions(withoutDefaults(theirs)))
  if (twice.length > 0) throw new NoOpinion(`both define ${twice.join(', ')}`)
  if (CHANGES_EVERYTHING.test(theirs))
    throw new NoOpinion("the layer's Makefile changes how make reads the user's")
  const companion = { path: posix.join(posix.dirname(path), COMPANION), text: theirs }
  return { text: isIncluded ? yours : withInclude(yours), extra: [companion] }
}

function withInclude(text: string): string {
  const isOpen = /\\\s*$/.test(text) || /^\s*\.RECIPEPREFIX\b/m.test(text)
  if (isOpen) throw new NoOpinion('a line at the end would not be one of its own')
  return applyEdits(text, [insertLines(text, text.length, text === '' ? INCLUDE : `\n${INCLUDE}`)])
}

/** The exact opposite of `withInclude`. */
function withoutInclude(text: string): string {
  const match = INCLUDE_LINE.exec(text)
  if (match === null) return text
  const start = lineStart(text, match.index)
  const above = lineAbove(text, start)
  const isSetOff = above !== undefined && isBlank(above.text)
  return applyEdits(text, [removal(isSetOff ? above.start : start, nextLine(text, start))])
}

/** The targets and variables that a Makefile defines. */
function definitions(text: string): Set<string> {
  const lines = toLf(text).replaceAll('\\\n', ' ').split('\n')
  return new Set(lines.flatMap((line) => [...variablesOf(line), ...targetsOf(line)]))
}

function variablesOf(line: string): string[] {
  const assignment = /^ *(?:(?:export|override|private|define) +)*([\w.-]+) *(?::{0,3}|[?+!])=/.exec(line)
  const definition = /^ *(?:override +)?define +([\w.-]+)/.exec(line)
  return [assignment?.[1], definition?.[1]].flatMap((name) => (name === undefined ? [] : [`$${name}`]))
}

function targetsOf(line: string): string[] {
  const [, targets] = /^ *([^\s#:=][^#:=]*):(?!:*=)/.exec(line) ?? []
  // Targets such as .PHONY add up.
  return (targets ?? '').split(/\s+/).filter((target) => target !== '' && !/^\.[A-Z]/.test(target))
}

/** `?=` gives way to what is defined already. */
function withoutDefaults(text: string): string {
  return text.replace(/^.*\?=.*$/gm, '')
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): string[] {
  return [...a].filter((item) => b.has(item))
}
