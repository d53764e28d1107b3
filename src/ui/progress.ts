import type { Output } from './output.ts'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

export interface Progress {
  update(text: string): void
  stop(): void
}

/** Long work on standard error: a spinner in a terminal, one plain line without one. */
export function showProgress(output: Output, text: string): Progress {
  if (!output.interactive) {
    output.note(`${text} …`)
    return { update: () => {}, stop: () => {} }
  }
  let current = text
  let frame = 0
  const started = Date.now()
  const draw = () => {
    const seconds = Math.floor((Date.now() - started) / 1000)
    const elapsed = seconds < 2 ? '' : ` (${seconds} s)`
    process.stderr.write(
      `\r\u001b[2K${FRAMES[frame++ % FRAMES.length]} ${current.slice(0, output.width - 12)}${elapsed}`,
    )
  }
  const timer = setInterval(draw, 100)
  timer.unref()
  return {
    update: (next) => {
      current = next
    },
    stop: () => {
      clearInterval(timer)
      process.stderr.write('\r\u001b[2K')
    },
  }
}
