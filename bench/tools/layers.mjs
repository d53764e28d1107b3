const SETTINGS = `level: {{level}}
stack: {}
project:
  name: {{yaml name}}
  package: {{yaml package}}
  task: {{yaml task}}
  target: {{yaml target}}
  time: {{yaml time}}
`

const DEFINITIONS = 12

/**
 * Templates of two levels. At level 1 a project has two thirds of the files; level 2 adds the other third, and some
 * lines to half of those that were there.
 *
 * @param files how many files a project has at level 2
 */
export function twoLevels(files) {
  const atLevel1 = Math.ceil((files * 2) / 3)
  const templates = {
    'level1/layer.yaml': layer(1),
    'level1/common/mlops.yaml.hbs': SETTINGS,
    'level2/layer.yaml': layer(2),
  }
  for (let index = 0; index < files; index++) {
    const path = modulePath(index)
    if (index >= atLevel1) templates[`level2/common/${path}`] = moduleText(index)
    else {
      templates[`level1/common/${path}`] = `${moduleText(index)}# slot: more\n`
      if (index % 2 === 0) templates[`level2/common/${path}.slots/more.py`] = functionText(index, 'added')
    }
  }
  return templates
}

/** Files of level 1: the first ones are those that level 2 changes and leaves as they are, in turn. */
export function modulePath(index) {
  return `src/part_${String(index % 20).padStart(2, '0')}/module_${String(index).padStart(4, '0')}.py`
}

function layer(level) {
  return `level: ${level}\nname: bench ${level}\nsummary: made for the benchmark\n`
}

function moduleText(index) {
  const names = Array.from({ length: DEFINITIONS }, (_, each) => `step_${each}`)
  return `"""Module ${index}."""\n\n${names.map((name) => functionText(index, name)).join('\n\n')}`
}

function functionText(index, name) {
  return `def ${name}(value: float) -> float:
    """Return what ${name} of module ${index} makes of a value."""
    scaled = value * ${index + 1}
    return scaled + len("${name}")
`
}
