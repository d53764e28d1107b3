import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commitAll, git, run } from './run.mjs'

const ANSWERS = '{{_copier_conf.answers_file}}.jinja'

/**
 * Makes a copier template, a repository with two versions whose files are those of two folders.
 *
 * @param isTemplated whether a file belongs to the template
 */
export function makeTemplate(folder, [before, after], isTemplated) {
  mkdirSync(folder)
  writeFileSync(join(folder, 'copier.yml'), '_subdirectory: project\n')
  fill(join(folder, 'project'), before, isTemplated)
  commitAll(folder)
  git(folder, 'tag', '1.0.0')
  rmSync(join(folder, 'project'), { recursive: true })
  fill(join(folder, 'project'), after, isTemplated)
  git(folder, 'add', '--all', '--force')
  git(folder, 'commit', '--quiet', '--message', 'Change')
  git(folder, 'tag', '2.0.0')
}

/** Makes a project from the first version of a template. */
export function copyTemplate(copier, template, folder) {
  run([...copier, 'copy', '--quiet', '--defaults', '--vcs-ref=1.0.0', template, folder])
}

/** The text files below a folder, by path. */
export function filesOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort()
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]))
}

function fill(folder, files, isTemplated) {
  cpSync(files, folder, { recursive: true, filter: (path) => isTemplated(path.slice(files.length + 1)) })
  writeFileSync(join(folder, ANSWERS), '{{ _copier_answers|to_nice_yaml }}\n')
}
