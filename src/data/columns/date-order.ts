import { dateReader } from './dates.ts'
import type { Dictionary } from './dictionary.ts'

/** How surely a format was chosen: by the values themselves, by the order of the rows, or by custom only. */
export interface DateChoice {
  readonly format: string
  readonly by: 'values' | 'order' | 'custom'
}

/** Chooses between formats that read every value alike, such as day first and month first. */
export function chooseFormat(formats: readonly string[], dictionary: Dictionary): DateChoice {
  const [first = 'iso8601', ...others] = formats
  if (others.length === 0) return { format: first, by: 'values' }
  const ordered = formats.filter((format) => isOrdered(format, dictionary))
  if (ordered.length === 1 && ordered[0] !== undefined) return { format: ordered[0], by: 'order' }
  return { format: customary(formats), by: 'custom' }
}

/** Whether the rows follow each other in time, forwards or backwards, but for one in a thousand. */
export function isOrdered(format: string, { values, codes }: Dictionary): boolean {
  const read = dateReader(format)
  if (read === undefined) return false
  const times = values.map(read)
  let up = 0
  let down = 0
  let previous = Number.NaN
  for (const code of codes) {
    const time = times[code] ?? Number.NaN
    if (Number.isNaN(time)) continue
    if (time > previous) up++
    if (time < previous) down++
    previous = time
  }
  return Math.max(up, down) >= 2 && Math.min(up, down) <= codes.length / 1000
}

/** Slashes are American, where the month comes first; dots and dashes are not. */
function customary(formats: readonly string[]): string {
  const monthFirst = formats.find((format) => format.startsWith('%m/'))
  return monthFirst ?? formats.find((format) => format.startsWith('%d')) ?? formats[0] ?? 'iso8601'
}
