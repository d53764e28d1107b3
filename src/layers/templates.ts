import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FileMode } from '../render/tree.ts'

export interface TemplateFile {
  readonly content: Uint8Array
  readonly mode: FileMode
  /** What `precompile` made of the content of a `.hbs` file; a checkout does without. */
  readonly code?: string
}

/** Every template by its path below `templates/`, e.g. `level1/common/Makefile.hbs`. */
export type Templates = ReadonlyMap<string, TemplateFile>

/** The packed file: of each template its text, whether that is base64, its mode, and its code. */
export type Packed = Record<string, { text: string; executable?: true; base64?: true; code?: string }>

/**
 * The templates of this package. The published bundle carries them in one file (npm would leave out every
 * `.gitignore`); a checkout reads its folder.
 */
export function loadTemplates(): Templates {
  const packed = new URL('./templates.json', import.meta.url)
  if (existsSync(packed)) return unpackTemplates(readFileSync(packed, 'utf8'))
  return readTemplateFolder(fileURLToPath(new URL('../../templates', import.meta.url)))
}

export function readTemplateFolder(folder: string): Templates {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  const files = new Map<string, TemplateFile>()
  for (const path of paths) {
    const full = join(folder, path)
    const stats = statSync(full)
    if (!stats.isFile() || path.includes('__pycache__')) continue
    const mode = stats.mode & 0o100 ? 0o755 : 0o644
    files.set(path.replaceAll(sep, '/'), { content: readFileSync(full), mode })
  }
  return files
}

/** Reads what `packTemplates` wrote. */
export function unpackTemplates(json: string): Templates {
  const packed = JSON.parse(json) as Packed
  return new Map(
    Object.entries(packed).map(([path, { text, executable, base64, code }]) => [
      path,
      {
        content: Buffer.from(text, base64 ? 'base64' : 'utf8'),
        mode: executable ? 0o755 : 0o644,
        ...(code === undefined ? {} : { code }),
      },
    ]),
  )
}
