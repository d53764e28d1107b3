import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** The steps that have run, by what each has said. */
export function stepsIn(output: string): string[] {
  const names = /^(ingest|validate|features|split|train|evaluate|validate-model|register) /gm
  return [...output.matchAll(names)].map((match) => match[1] as string)
}

/** Runs the pipeline, and kills it and all that it has started as soon as it says that it does a step. */
export function killWhile(project: string, step: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const running = spawn(join(project, '.venv/bin/model'), ['pipeline'], { cwd: project, detached: true })
    let said = ''
    running.stdout.on('data', (data: Buffer) => {
      said += data
      if (stepsIn(said).includes(step)) process.kill(-(running.pid as number), 'SIGKILL')
    })
    running.on('exit', (_code, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`the pipeline was not killed:\n${said}`)),
    )
  })
}
