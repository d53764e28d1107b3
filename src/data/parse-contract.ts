import { suggestion } from '../nearest.ts'
import { dateReader } from './columns/dates.ts'
import { COLUMN_TYPES, type Column, type Contract, DATE_FORMATS, type Source, type Task } from './contract.ts'
import { quoted } from './finding.ts'
import { type Path, YamlFields } from './yaml-fields.ts'

/** What of a contract lives in mlops.yaml. */
export interface Roles {
  readonly task: Task
  readonly target: string
  readonly time: string | null
}

/**
 * Reads contract.yaml.
 *
 * @throws KnownError that names the line and the field which is wrong
 */
export function parseContract(text: string, { task, target, time }: Roles): Contract {
  const file = new YamlFields('contract.yaml', text)
  const columns = readColumns(file)
  checkRoles(file, columns, { task, target, time })
  return defined({
    source: readSource(file),
    rows: file.count(['rows']),
    task,
    target,
    positive: task === 'binary' ? file.text(['positive']) : undefined,
    classes: task === 'regression' ? undefined : file.items(['classes']).map((path) => readClass(file, path)),
    time,
    columns,
  })
}

function readSource(file: YamlFields): Source {
  const at = (field: keyof Source) => ['source', field]
  return {
    path: file.text(at('path')),
    format: file.oneOf(at('format'), ['csv', 'parquet']),
    compression: file.oneOf(at('compression'), ['none', 'gzip']),
    encoding: file.text(at('encoding')),
    delimiter: file.text(at('delimiter')),
    quote: file.text(at('quote')),
    header: file.flag(at('header')),
    decimal: file.oneOf(at('decimal'), ['.', ',']),
    thousands: file.oneOf(at('thousands'), ['', ',', '.', ' ', "'"]),
    missing: file.items(at('missing')).map((path) => file.text(path)),
  }
}

function readClass(file: YamlFields, path: Path) {
  return { value: file.text([...path, 'value']), share: file.number([...path, 'share']) }
}

function readColumns(file: YamlFields): Column[] {
  const places = file.items(['columns'])
  const seen = new Set<string>()
  return places.map((path) => {
    const column = readColumn(file, path)
    if (seen.has(column.name)) throw file.wrong([...path, 'name'], `${quoted(column.name)} is there twice`)
    seen.add(column.name)
    return column
  })
}

function readColumn(file: YamlFields, path: Path): Column {
  const at = (field: string) => [...path, field]
  const optional = <T>(field: string, read: (place: Path) => T) =>
    file.has(at(field)) ? read(at(field)) : undefined
  const type = file.oneOf(at('type'), COLUMN_TYPES)
  return defined({
    name: file.text(at('name')),
    type,
    reason: file.optionalText(at('reason')),
    missing: optional('missing', (place) => file.number(place)) ?? 0,
    distinct: optional('distinct', (place) => file.count(place)) ?? 0,
    integer: optional('integer', (place) => file.flag(place)),
    min: optional('min', (place) => file.number(place)),
    max: optional('max', (place) => file.number(place)),
    values: optional('values', (place) => file.items(place).map((each) => file.text(each))),
    moreValues: optional('more_values', (place) => file.count(place)),
    true: type === 'boolean' ? file.text(at('true')) : file.optionalText(at('true')),
    format: type === 'date' ? readFormat(file, at('format')) : file.optionalText(at('format')),
  })
}

function readFormat(file: YamlFields, path: Path): string {
  const format = file.text(path)
  if (dateReader(format) !== undefined) return format
  throw file.unexpected(path, `a format of strptime such as "%d-%m-%Y", or ${DATE_FORMATS.join(', ')}`)
}

function checkRoles(file: YamlFields, columns: readonly Column[], { target, time }: Roles): void {
  const names = columns.map(({ name }) => name)
  for (const [role, name] of [['target', target] as const, ['time', time] as const]) {
    if (name === null || names.includes(name)) continue
    const problem = `has no column ${quoted(name)}, the project's ${role} in mlops.yaml${suggestion(name, names)}`
    throw file.wrong(['columns'], problem)
  }
  const index = names.indexOf(time ?? '')
  if (time !== null && columns[index]?.type !== 'date') {
    throw file.wrong(['columns', index, 'type'], `must be date: ${quoted(time)} orders the rows in time`)
  }
}

/** Drops the fields that are undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }
}
