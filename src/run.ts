#!/usr/bin/env node
import module from 'node:module'

// From Node 22.1 on; it spares the next start the compilation.
;(module as { enableCompileCache?: () => void }).enableCompileCache?.()

// A reader that stops reading (`| head`) does not stop the work.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const { main } = await import('./cli.ts')
process.exitCode = await main(process.argv.slice(2), process, process.cwd())
