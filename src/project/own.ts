/** How a user's own code trains and predicts: the section `own` of mlops.yaml. Paths are relative to `root`. */
export interface OwnCode {
  /** Relative to mlops.yaml. */
  readonly root: string
  readonly code: readonly string[]
  /** Null where nobody has said it yet. */
  readonly train: string | null
  readonly data: string | null
  /** How the code names that file, where it does so by the path of one machine. */
  readonly reads: string | null
  /** Whether the file is filled up with rows that it holds already, for code that parts them at a fixed number. */
  readonly fill_up: boolean
  readonly model: string | null
  readonly predict: string | null
  readonly predictions: string | null
  readonly features: string | null
  readonly requirements: readonly string[]
  readonly python: string | null
}

export const NO_OWN_CODE: OwnCode = {
  root: '.',
  code: [],
  train: null,
  data: null,
  reads: null,
  fill_up: false,
  model: null,
  predict: null,
  predictions: null,
  features: null,
  requirements: [],
  python: null,
}

const LISTS = ['code', 'requirements'] as const
const TEXTS = ['train', 'data', 'reads', 'model', 'predict', 'predictions', 'features', 'python'] as const

/** Reads the section; what is of another kind is left to the project's own code, which refuses it by name. */
export function readOwnCode(section: unknown): OwnCode | undefined {
  if (typeof section !== 'object' || section === null) return undefined
  const values = section as Record<string, unknown>
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : [])
  return {
    ...NO_OWN_CODE,
    ...Object.fromEntries(TEXTS.map((name) => [name, text(values[name])])),
    ...Object.fromEntries(LISTS.map((name) => [name, list(values[name])])),
    root: text(values.root) ?? '.',
    fill_up: values.fill_up === true,
  }
}
