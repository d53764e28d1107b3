import { type Repository, repositoryOf } from '../../src/assess/repository/repository.ts'

/** Files of a small repository, by path. */
export type Files = Readonly<Record<string, string>>

export function repositoryIn(files: Files, tags: readonly string[] = []): Repository {
  const entries = Object.entries(files).map(([path, text]) => ({ path, size: text.length }))
  return repositoryOf('/nowhere', entries, (path) => files[path], tags)
}

/** A notebook of some code cells. */
export function notebook(...cells: string[]): string {
  return JSON.stringify({
    nbformat: 4,
    cells: cells.map((source) => ({ cell_type: 'code', source, outputs: [] })),
  })
}
