import { finish, type Model, type Style } from './documents.ts'

export type Printer = (model: Record<string, Model>, style: Style) => string

const printYaml: Printer = (model, style) => finish(yamlTable(model, style, ''), style)

function yamlTable(model: Record<string, Model>, style: Style, indent: string): string {
  return Object.entries(model)
    .map(([key, value]) => `${comment(style, key, indent)}${indent}${key}:${yamlValue(value, style, indent)}`)
    .join(style.airy && indent === '' ? '\n' : '')
}

function yamlValue(value: Model, style: Style, indent: string): string {
  const inner = indent + ' '.repeat(style.indent)
  if (typeof value === 'string') return `   ${value}${style.comments ? ' # why' : ''}\n`
  if (isList(value))
    return style.inline
      ? ` [${value.join(',')}]\n`
      : `\n${value.map((item) => `${inner}- ${item}\n`).join('')}`
  return `\n${yamlTable(value, style, inner)}`
}

const printJson: Printer = (model, style) => finish(`${json(model, style, '')}\n`, style)

function json(value: Model, style: Style, indent: string): string {
  if (typeof value === 'string') return JSON.stringify(value)
  const inner = indent + ' '.repeat(style.indent)
  if (isList(value))
    return bracket(
      value.map((item) => json(item, style, inner)),
      '[]',
      style,
      indent,
    )
  const entries = Object.entries(value).map(([key, item]) => `"${key}" : ${json(item, style, inner)}`)
  return bracket(entries, '{}', { ...style, inline: false }, indent)
}

function bracket(items: readonly string[], [open, close]: string, style: Style, indent: string): string {
  if (style.inline) return `${open}${items.join(',  ')}${style.trailingComma ? ',' : ''}${close}`
  const lines = items.map((item, index) => {
    const comma = index < items.length - 1 || style.trailingComma ? ',' : ''
    return `\n${indent}${' '.repeat(style.indent)}${item}${comma}${style.comments ? ' // why' : ''}`
  })
  return `${open}${lines.join('')}\n${indent}${close}`
}

/** Tables below `[tool]`, as a pyproject.toml has them. */
const printToml: Printer = (model, style) => {
  const tables = Object.entries(model).map(([key, value]) =>
    tomlTable(key, value as Record<string, Model>, style),
  )
  return finish(tables.join(style.airy ? '\n\n' : '\n'), style)
}

function tomlTable(path: string, table: Record<string, Model>, style: Style): string {
  const entries = Object.entries(table)
  const isTable = (value: Model) => typeof value === 'object' && !isList(value)
  const rows = entries
    .filter(([, value]) => !isTable(value))
    .map(([key, value]) => tomlRow(key, value, style))
  const tables = entries.filter(([, value]) => isTable(value))
  const inner = tables.map(
    ([key, value]) => `\n${tomlTable(`${path}.${key}`, value as Record<string, Model>, style)}`,
  )
  return `${comment(style, path, '')}[tool.${path}]\n${rows.join('')}${inner.join('')}`
}

function tomlRow(key: string, value: Model, style: Style): string {
  const text = isList(value)
    ? bracket(
        value.map((item) => `'${item}'`),
        '[]',
        style,
        '',
      ).replaceAll('//', '#')
    : `"${value as string}"`
  return `${key}=${text}${style.comments ? '  # why' : ''}\n`
}

/** One entry a line. */
function printLines(entryOf: (text: string) => string): Printer {
  return (model, style) => {
    const groups = Object.entries(model).map(([key, value]) => {
      const lines = leaves(value).map((text) => `${entryOf(`${key}-${text}`.replaceAll(' ', '-'))}\n`)
      return comment(style, key, '') + lines.join('')
    })
    return finish(groups.join(style.airy ? '\n' : ''), style)
  }
}

function leaves(value: Model): string[] {
  if (typeof value === 'string') return [value]
  return isList(value)
    ? [...value]
    : Object.entries(value).flatMap(([key, item]) => leaves(item).map((leaf) => `${key}-${leaf}`))
}

function comment(style: Style, about: string, indent: string): string {
  return style.comments ? `${indent}# about ${about}\n` : ''
}

function isList(value: Model): value is readonly string[] {
  return Array.isArray(value)
}

/** A file of each kind, and how to write one. */
export const FORMATS: readonly (readonly [string, Printer])[] = [
  ['.gitignore', printLines((text) => text)],
  ['requirements.txt', printLines((text) => `${text}>=1,<2`)],
  ['pyproject.toml', printToml],
  ['dvc.yaml', printYaml],
  ['settings.json', printJson],
]
