/** `yours`: written once, then the user's. `managed`: kept up to date by three-way merge. */
export type Ownership = 'yours' | 'managed'

/** The two modes that git knows for a file. */
export type FileMode = 0o644 | 0o755

export interface RenderedFile {
  /** Relative to the project, with `/` on every platform. */
  readonly path: string
  readonly content: Uint8Array
  /** Of the pristine bytes, where these are only known by it: `content` is then the user's. */
  readonly hash?: string
  readonly mode: FileMode
  readonly ownership: Ownership
  /** Where the file comes from, e.g. `level1/common` or `level3/tracking/mlflow`. */
  readonly layer: string
}

/** A pristine rendering of a project: what its files would be if nobody had edited them, by path. */
export type Tree = ReadonlyMap<string, RenderedFile>
