import type { Tree } from '../../src/render/tree.ts'

/** A rendering of 60 files, all of them different from those of another version. */
export function manyFiles(version: string): Tree {
  const files = Array.from({ length: 60 }, (_, number) => {
    const path = `folder${number % 7}/file${number}.py`
    const content = Buffer.from(`${version} ${number}\n`.repeat(50))
    return { path, content, mode: 0o644, ownership: 'managed', layer: 'level1/common' } as const
  })
  return new Map(files.map((file) => [file.path, file]))
}
