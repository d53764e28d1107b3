import { Document, isNode, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import type { Column, Contract } from './contract.ts'
import { isLeak } from './task/leak.ts'

const HEADER = ` The data contract: what each column holds, and how the data file is written.

 The project reads this file each time that it trains, predicts or checks data. It was filled in from the data.
 Where it is wrong, correct it here:

   type      numeric, categorical, boolean, date, text, id (says which row this is) or ignore (not used).
             To leave a column out: \`type: ignore\`, and a \`reason\`. To bring one back: its type.
   format    of a date: as in Python's strptime, e.g. "%d-%m-%Y", or iso8601, epoch-seconds, epoch-milliseconds.
   values    the categories as the file spells them; \`true\` is the value of a boolean that means yes.
   missing   of the source: how a missing value is spelled; of a column: the share of its rows without a value.

 The target, the time column and the task are in mlops.yaml.`

const LINE = 100

/** What YAML readers of any version take for the text that it is, without quotes. */
const PLAIN = /^[A-Za-z][\w-]*$/
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|null)$/i
/** What some readers of YAML refuse, or take for the end of a line, though it is in quotes. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/gu

/** Writes a contract for people, with comments. Task, target and time are left to mlops.yaml. */
export function renderContract(contract: Contract): string {
  const { source, rows, positive, classes } = contract
  const root = mapping({
    source: mapping({ ...source, missing: list(source.missing) }),
    rows,
    ...(positive !== undefined && { positive: remark(text(positive), 'the class that counts as yes') }),
    ...(classes !== undefined && {
      classes: sequence(
        classes.map((each) => inline(mapping({ value: each.value, share: share(each.share) }))),
      ),
    }),
    columns: sequence(contract.columns.map((column, i) => columnNode(column, i, contract))),
  })
  for (const { key } of root.items.slice(1)) key.spaceBefore = true
  const document = new Document(root)
  document.commentBefore = HEADER
  return document
    .toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER })
    .replace(/^( +(?:min|max): -?\d+)e/gm, '$1.0e')
    .replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function columnNode(column: Column, index: number, { target, time }: Contract): YAMLMap<Scalar> {
  const { name, type, format, reason, missing, distinct, integer, min, max, values, moreValues } = column
  const role = name === target ? 'the target' : name === time ? 'orders the rows in time' : undefined
  const node = mapping({
    name: role === undefined ? text(name) : remark(text(name), role),
    type,
    format,
    true: column.true,
    reason,
    missing: share(missing),
    distinct,
    integer,
    min,
    max,
    values: values && list(values),
    more_values:
      moreValues === undefined ? undefined : remark(new Scalar(moreValues), 'further values, not listed'),
  })
  if (isLeak(column))
    node.commentBefore = ' LEAK: this column gives the target away, so the model does not see it.'
  node.spaceBefore = index > 0
  return node
}

type Field = Node | string | number | boolean | undefined

function mapping(fields: Record<string, Field>): YAMLMap<Scalar<string>> {
  const map = new YAMLMap<Scalar<string>>()
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) map.items.push(new Pair(new Scalar(key), nodeOf(value)))
  }
  return map
}

function sequence(items: Node[]): YAMLSeq {
  const seq = new YAMLSeq()
  seq.items = items
  return seq
}

/** On one line where it fits. */
function list(texts: readonly string[]): YAMLSeq {
  const seq = sequence(texts.map(text))
  return texts.join(', ').length + texts.length * 2 <= LINE ? inline(seq) : seq
}

function inline<T extends YAMLMap<Scalar<string>> | YAMLSeq>(collection: T): T {
  collection.flow = true
  return collection
}

function remark<T>(scalar: Scalar<T>, comment: string): Scalar<T> {
  scalar.comment = ` ${comment}`
  return scalar
}

function nodeOf(value: Exclude<Field, undefined>): Node {
  if (isNode(value)) return value
  return typeof value === 'string' ? text(value) : new Scalar(value)
}

function text(value: string): Scalar<string> {
  const scalar = new Scalar(value)
  scalar.type = PLAIN.test(value) && !RESERVED.test(value) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE
  return scalar
}

/** A share needs no more digits than a person reads. */
function share(value: number): number {
  return Number(value.toPrecision(4))
}
