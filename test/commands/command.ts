import { main } from '../../src/cli.ts'
import type { Terminal } from '../../src/ui/output.ts'

export interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process, without a terminal. */
export async function command(cwd: string, ...args: string[]): Promise<Said> {
  const said = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof said) => ({
    write: (text: string) => {
      said[name] += text
    },
  })
  const terminal = { stdout: stream('stdout'), stderr: stream('stderr'), stdin: {}, env: {} }
  const code = await main(args, terminal as unknown as Terminal, cwd)
  return { code, ...said }
}
