import { printable } from './output.ts'

/** Text from outside on one line, without anything that would move a terminal's cursor. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ')
}

/** How many columns of a terminal a text takes: letters of East Asia and pictures take two. */
export function textWidth(text: string): number {
  let width = 0
  for (const char of text) if (!ZERO_WIDTH.test(char)) width += WIDE.test(char) ? 2 : 1
  return width
}

const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u
const WIDE =
  /^[\p{Extended_Pictographic}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\uff01-\uff60]$/u

/** Fills a text up to a width. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

/** Cuts a text that is wider than `width`, and shows that it was cut. */
export function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let cut = ''
  for (const char of text) {
    if (textWidth(cut) + textWidth(char) > width - 1) break
    cut += char
  }
  return `${cut}…`
}

/** Breaks a text between words into lines of a width. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && textWidth(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}
