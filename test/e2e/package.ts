import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installTools } from './install-tools.ts'

/**
 * Builds, packs and installs the package as a user gets it. Runs once, before all end-to-end tests; what they run
 * is this installed tarball. Returns what removes everything that they made.
 */
export default function setup(project: {
  provide: (key: 'bin' | 'scratch', value: string) => void
}): () => void {
  const scratch = mkdtempSync(join(tmpdir(), 'create-mlops-e2e-'))
  const npm = (...args: string[]) => execFileSync('npm', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  npm('run', '--silent', 'build')
  npm('pack', '--silent', '--pack-destination', scratch)
  const tarball = readdirSync(scratch).find((name) => name.endsWith('.tgz')) as string
  npm('install', '--silent', '--offline', '--prefix', join(scratch, 'installed'), join(scratch, tarball))
  installTools()
  project.provide('bin', join(scratch, 'installed/node_modules/.bin/create-mlops'))
  project.provide('scratch', scratch)
  return () => rmSync(scratch, { recursive: true, force: true })
}

declare module 'vitest' {
  interface ProvidedContext {
    bin: string
    scratch: string
  }
}
