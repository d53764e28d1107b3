import { pristineOf } from '../project/lock.ts'
import type { Answer, ConflictKind } from './change.ts'
import type { DiskEntry, DiskFile } from './disk.ts'
import {
  type Decision,
  decision,
  imageOf,
  type Situation,
  subjectOf,
  templateImage,
  type WantedItem,
} from './item.ts'
import { modeFor, rewrite, textImage, writeMerged } from './outcome.ts'

export interface ConflictFound {
  readonly kind: ConflictKind
  readonly reason: string
  /** The user's file, when it is one. */
  readonly yours: DiskFile | null
  /** Both texts with conflict markers, when they are texts. */
  readonly marked: string | null
}

/** What can be answered to each kind of conflict; the others need the user to make room first. */
const ANSWERS: Readonly<Record<ConflictKind, readonly Answer[]>> = {
  'both-changed': ['mine', 'theirs', 'markers'],
  'both-added': ['mine', 'theirs', 'markers'],
  'base-unknown': ['mine', 'theirs', 'markers'],
  binary: ['mine', 'theirs'],
  unresolved: ['mine', 'theirs'],
  'not-a-file': ['mine'],
  blocked: ['mine'],
  'case-twin': ['mine'],
  copy: ['mine'],
}

const REASONS: Readonly<Record<ConflictKind, string>> = {
  'both-changed': 'you and the template changed the same lines',
  'both-added': 'you have a file of your own there, and the template has another',
  'base-unknown': 'it differs from the template, and what was generated before is not known',
  binary: 'you and the template changed it, and it is no text that could be merged',
  unresolved: 'the conflict markers of an earlier run are still in it',
  'not-a-file': 'no ordinary file is there',
  blocked: 'a parent folder is in the way',
  'case-twin': 'a file whose name differs only in case is there',
  copy: 'you have another file there',
}

/** The conflict over a place where no ordinary file is, or can be. */
export function conflictOver(entry: Exclude<DiskEntry, DiskFile>): ConflictFound {
  const none = { yours: null, marked: null }
  switch (entry.kind) {
    case 'absent':
      return { ...none, kind: 'case-twin', reason: `${entry.twin} is there; the names differ only in case` }
    case 'blocked':
      return { ...none, kind: 'blocked', reason: `its parent ${entry.by} is a ${entry.parent}` }
    default:
      return { ...none, kind: 'not-a-file', reason: `a ${entry.kind} is there` }
  }
}

export function conflictOf(kind: ConflictKind, yours: DiskFile, marked: string | null = null): ConflictFound {
  return { kind, reason: REASONS[kind], yours, marked }
}

/**
 * Acts on the answer to a conflict. Without one that is possible the conflict stays open, and nothing is applied. A
 * template text that is not taken stays pending: the lock keeps the old base, so that it is offered again.
 */
export function settle(item: WantedItem, found: ConflictFound, situation: Situation): Decision {
  const answer = situation.answerTo(item)
  if (answer === 'mine') return keepMine(item, found)
  if (answer === null || !ANSWERS[found.kind].includes(answer)) return leaveOpen(item, found)
  return answer === 'theirs' ? takeTheirs(item, found, situation) : writeMarkers(item, found, situation)
}

function keepMine(item: WantedItem, { yours, reason }: ConflictFound): Decision {
  const before = yours === null ? null : imageOf(yours)
  return decision({
    entry: item.base,
    pending: item.theirsHash,
    change: {
      kind: 'pending',
      ...subjectOf(item, `${reason}; yours stays`),
      before,
      after: templateImage(item),
    },
  })
}

function takeTheirs(item: WantedItem, { yours }: ConflictFound, situation: Situation): Decision {
  if (yours === null) throw new Error(`${item.target} has no file to replace`)
  const after = { ...templateImage(item), mode: modeFor(item, yours, situation) }
  const reason = "the template's version takes the place of yours, as you answered"
  return item.at === item.target
    ? rewrite(item, yours, after, reason)
    : writeMerged(item, yours, after, { reason })
}

function writeMarkers(item: WantedItem, { yours, marked }: ConflictFound, situation: Situation): Decision {
  const mine = yours?.content() ?? null
  if (yours === null || mine === null || marked === null) throw new Error(`${item.target} is no text`)
  const base = item.base === null ? null : pristineOf(item.base)
  return writeMerged(item, yours, textImage(marked, modeFor(item, yours, situation)), {
    reason: 'both versions, with conflict markers for you to resolve',
    markers: { base, yours: mine, theirs: item.theirs.content },
  })
}

function leaveOpen(item: WantedItem, found: ConflictFound): Decision {
  return decision({
    entry: item.base,
    change: {
      kind: 'conflict',
      conflict: found.kind,
      ...subjectOf(item, found.reason),
      base: item.base === null ? null : pristineOf(item.base),
      before: found.yours === null ? null : imageOf(found.yours),
      after: templateImage(item),
      answers: ANSWERS[found.kind],
    },
  })
}
