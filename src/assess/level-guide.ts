import type { LevelNumber } from '../layers/level.ts'
import type { Templates } from '../layers/templates.ts'

/** When a level is enough, and what tells that the next one is due; as docs/level.md of a project says it. */
export interface LevelGuide {
  readonly enough: readonly string[]
  readonly due: readonly string[]
}

/** Reads the text that the templates put into docs/level.md. A level without templates has no guide. */
export function levelGuide(templates: Templates, level: LevelNumber): LevelGuide {
  const paths = [...templates.keys()].filter((path) =>
    /^level\d\/common\/docs\/level\.md(\.slots\/.*)?$/.test(path),
  )
  const text = paths
    .map((path) => Buffer.from(templates.get(path)?.content ?? []).toString('utf8'))
    .join('\n')
  return {
    enough: bulletsBelow(text, new RegExp(`^## Level ${level}\\b.*enough`)),
    due: bulletsBelow(text, new RegExp(`^## Signs that level ${level + 1}\\b`)),
  }
}

function bulletsBelow(text: string, heading: RegExp): string[] {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => heading.test(line))
  if (start === -1) return []
  const end = lines.findIndex((line, index) => index > start && line.startsWith('## '))
  const section = lines.slice(start + 1, end === -1 ? undefined : end).join('\n')
  return section
    .split(/^- /m)
    .slice(1)
    .map((bullet) => (bullet.split('\n\n')[0] as string).replace(/\s+/g, ' ').trim())
}
