#!/usr/bin/env node
import module from 'node:module'

// From Node 22.1 on; it spares the next start the compilation.
;(module as { enableCompileCache?: () => void }).enableCompileCache?.()

const { main } = await import('./cli.ts')
process.exitCode = await main(process.argv.slice(2), process, process.cwd())
