import { parse } from 'yaml'
import { precompile } from '../render/environment.ts'
import { type Packed, readTemplateFolder } from './templates.ts'

/** The templates of a folder as one file for the published package, compiled so that no user has to wait for it. */
export function packTemplates(folder: string): string {
  const packed: Packed = {}
  for (const [path, { content, mode }] of readTemplateFolder(folder)) {
    const text = Buffer.from(content).toString('utf8')
    const isText = Buffer.from(text, 'utf8').equals(content)
    packed[path] = {
      text: isText ? quickToRead(path, text) : Buffer.from(content).toString('base64'),
      ...(isText ? {} : { base64: true as const }),
      ...(mode === 0o755 ? { executable: true as const } : {}),
      ...(path.endsWith('.hbs') ? { code: precompile(text) } : {}),
    }
  }
  return JSON.stringify(packed)
}

/** JSON is YAML too, and read in no time. */
function quickToRead(path: string, text: string): string {
  return path.endsWith('/layer.yaml') ? JSON.stringify(parse(text)) : text
}
