import { type Repository, repositoryOf } from './repository/repository.ts'
import { trainingOf } from './roles.ts'

/** One model of a repository; the path is empty where it is the only one. */
export interface Part {
  readonly path: string
  readonly repository: Repository
}

const MANIFEST =
  /(^|\/)(pyproject\.toml|setup\.py|requirements\.txt|environment\.ya?ml|Pipfile|MLproject|dvc\.yaml)$/

/**
 * The models of a repository: folders beside each other that each have requirements of their own and train something.
 * What lies outside of all of them, such as the CI, belongs to each.
 */
export function partsOf(repository: Repository): Part[] {
  const folders = [
    ...new Set(
      repository.find(MANIFEST).map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/')))),
    ),
  ]
  const training = trainingOf(repository)
  const trained = folders.filter(
    (folder) => folder !== '' && training.some(({ path }) => path.startsWith(`${folder}/`)),
  )
  const outermost = trained.filter((folder) => !trained.some((other) => folder.startsWith(`${other}/`)))
  const trainsOutside = training.some(
    ({ path }) => !outermost.some((folder) => path.startsWith(`${folder}/`)),
  )
  if (outermost.length < 2 || trainsOutside) return [{ path: '', repository }]
  return outermost.map((path) => ({
    path,
    repository: without(
      repository,
      outermost.filter((other) => other !== path),
    ),
  }))
}

function without(repository: Repository, folders: readonly string[]): Repository {
  const files = repository.files.filter(
    ({ path }) => !folders.some((folder) => path.startsWith(`${folder}/`)),
  )
  const isOurs = (command: string) => !folders.some((folder) => command.includes(folder))
  return repositoryOf(repository.root, files, (path) => repository.text(path), repository.tags, isOurs)
}
