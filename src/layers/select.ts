import type { Catalog } from './catalog.ts'
import type { Dependencies, Level, LevelNumber } from './level.ts'
import type { Stack } from './stack.ts'
import type { TemplateFile } from './templates.ts'

/** A folder of templates that applies to a project, e.g. `level1/common` or `level3/tracking/mlflow`. */
export interface Layer {
  readonly id: string
  readonly level: LevelNumber
  /** By path inside the layer, still with `{{package}}` and `.hbs`. */
  readonly files: ReadonlyMap<string, TemplateFile>
  readonly yours: readonly string[]
  readonly dependencies: Dependencies
}

/** The layers of a level and stack, in the order in which slots are filled: by level, common first, then by choice. */
export function selectLayers(catalog: Catalog, level: LevelNumber, stack: Stack): Layer[] {
  return catalog.levels
    .filter((each) => each.level <= level)
    .flatMap((each) => [
      layer(catalog, each, 'common', each.dependencies),
      ...each.choices.flatMap((choice) => {
        const option = choice.options.find(({ name }) => name === stack[choice.name])
        if (option === undefined)
          throw new Error(`no option taken for the choice ${choice.name} of level ${each.level}`)
        const { name, shares, dependencies } = option
        return [
          ...shares.map((folder) => layer(catalog, each, `${choice.name}/${folder}`, {})),
          layer(catalog, each, `${choice.name}/${name}`, dependencies),
        ]
      }),
    ])
}

function layer(catalog: Catalog, level: Level, folder: string, dependencies: Dependencies): Layer {
  const id = `level${level.level}/${folder}`
  const prefix = `${id}/`
  const files = new Map<string, TemplateFile>()
  for (const [path, file] of catalog.templates)
    if (path.startsWith(prefix)) files.set(path.slice(prefix.length), file)
  return { id, level: level.level, files, yours: level.yours, dependencies }
}
