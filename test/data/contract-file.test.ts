import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Contract } from '../../src/data/contract.ts'
import { parseContract, renderContract } from '../../src/data/contract-file.ts'
import { KnownError } from '../../src/errors.ts'

const contract: Contract = {
  source: {
    path: 'data/raw/churn.csv',
    format: 'csv',
    compression: 'none',
    encoding: 'utf-8',
    delimiter: ',',
    quote: '"',
    header: true,
    decimal: '.',
    thousands: '',
    missing: ['', 'NA'],
  },
  rows: 1200,
  task: 'binary',
  target: 'churned',
  positive: 'yes',
  classes: [
    { value: 'no', share: 0.8 },
    { value: 'yes', share: 0.2 },
  ],
  time: 'day',
  columns: [
    { name: 'day', type: 'date', missing: 0, distinct: 300, format: '%d-%m-%Y' },
    { name: 'amount', type: 'numeric', missing: 0.25, distinct: 900, integer: false, min: 1e-7, max: 2.5e21 },
    {
      name: 'plan',
      type: 'categorical',
      missing: 0,
      distinct: 60,
      values: ['basic', 'no', '1e5'],
      moreValues: 57,
    },
    { name: 'refund', type: 'ignore', missing: 0, distinct: 2, reason: 'leak: "refund" tells "churned"' },
    { name: 'churned', type: 'boolean', missing: 0, distinct: 2, values: ['no', 'yes'], true: 'yes' },
  ],
}

const HOSTILE = [
  ...[
    'yes',
    'NO',
    'null',
    '~',
    '1e5',
    '0x1f',
    '1_000',
    '12:30',
    '2001-01-01',
    '.5',
    '=',
    '<<',
    '---',
    '...',
    '&a',
    '*a',
    '!x',
  ],
  ...[
    'a: b',
    'a #b',
    '# c',
    '- d',
    '? e',
    ' leading',
    'trailing ',
    'two\nlines',
    'tab\t',
    'bell\u0007',
    'del\u007f',
    'nel\u0085',
  ],
  ...[
    '\u2028',
    '\ufeff',
    '"quoted"',
    "it's",
    '{{name}}',
    '$' + '{{ x }}',
    '%d',
    '@',
    '`',
    '[a]',
    '{a}',
    'ünï',
    '🚲🚲',
    '\\',
    '\\n',
    '',
  ],
  ...['x'.repeat(400), `${'long words '.repeat(40)}\nand a line`],
]

describe('contract.yaml', () => {
  it('reads like this', () => {
    const text = renderContract(contract)
    expect(text.slice(text.indexOf('\nsource:'))).toMatchInlineSnapshot(`
      "
      source:
        path: "data/raw/churn.csv"
        format: csv
        compression: none
        encoding: utf-8
        delimiter: ","
        quote: "\\""
        header: true
        decimal: "."
        thousands: ""
        missing: [ "", NA ]

      rows: 1200

      positive: "yes" # the class that counts as yes

      classes:
        - { value: "no", share: 0.8 }
        - { value: "yes", share: 0.2 }

      columns:
        - name: day # orders the rows in time
          type: date
          format: "%d-%m-%Y"
          missing: 0
          distinct: 300

        - name: amount
          type: numeric
          missing: 0.25
          distinct: 900
          integer: false
          min: 1.0e-7
          max: 2.5e+21

        - name: plan
          type: categorical
          missing: 0
          distinct: 60
          values: [ basic, "no", "1e5" ]
          more_values: 57 # further values, not listed

        # LEAK: this column gives the target away, so the model does not see it.
        - name: refund
          type: ignore
          reason: "leak: \\"refund\\" tells \\"churned\\""
          missing: 0
          distinct: 2

        - name: churned # the target
          type: boolean
          "true": "yes"
          missing: 0
          distinct: 2
          values: [ "no", "yes" ]
      "
    `)
  })

  it('says nothing of task, target and time, which are in mlops.yaml', () => {
    expect(renderContract(contract)).not.toMatch(/^(task|target|time):/m)
  })

  it('comes back as it was', () => {
    expect(parseContract(renderContract(contract), contract)).toEqual(contract)
  })

  it.each(HOSTILE)('keeps %j as a name, a category and a reason', (text) => {
    const hostile = withText(text)
    expect(parseContract(renderContract(hostile), hostile)).toEqual(hostile)
  })

  it('keeps any text', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom(...HOSTILE))
    fc.assert(
      fc.property(anyText, (text) => {
        const hostile = withText(text)
        expect(parseContract(renderContract(hostile), hostile)).toEqual(hostile)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a contract that somebody corrected', () => {
  const text = renderContract(contract).replace(/^#.*\n/gm, '')
  const read = (from: string | RegExp, to: string) => {
    expect(text).toMatch(from)
    return parseContract(text.replace(from, to), contract)
  }
  const complaintAbout = (from: string | RegExp, to: string) => {
    try {
      read(from, to)
    } catch (error) {
      if (error instanceof KnownError) return error.message
      throw error
    }
    return 'accepted'
  }

  it('may leave out quotes and counts', () => {
    const corrected = read(
      /type: ignore\n.*reason.*\n.*missing.*\n.*distinct.*/,
      'type: categorical\n    values: [1.0, off]',
    )
    expect(corrected.columns[3]).toEqual({
      name: 'refund',
      type: 'categorical',
      missing: 0,
      distinct: 0,
      values: ['1.0', 'off'],
    })
  })

  it.each<[string, string | RegExp, string, RegExp]>([
    [
      'a type that is none',
      'type: ignore',
      'type: ignored',
      /line \d+: columns\[3\]\.type is "ignored", expected one of numeric.*; did you mean "ignore"\?/,
    ],
    ['a date without a format', /format: "%d.*/, '', /columns\[0\]\.format is missing, expected text/],
    [
      'a format that is none',
      /format: "%d.*/,
      'format: DD-MM',
      /columns\[0\]\.format is "DD-MM", expected a format of strptime/,
    ],
    ['a boolean without its true', /"true": .*/, '', /columns\[4\]\.true is missing/],
    ['a number that is a word', 'rows: 1200', 'rows: many', /line \d+: rows is "many", expected a number/],
    ['a list that is text', /missing: \[.*/, 'missing: NA', /source\.missing is "NA", expected a list/],
    ['a name that is there twice', 'name: amount', 'name: plan', /columns\[2\]\.name "plan" is there twice/],
    [
      'a lost target',
      'name: churned',
      'name: churnt',
      /has no column "churned", the project's target in mlops.yaml; did you mean "churnt"/,
    ],
    [
      'a time that is no date',
      'type: date',
      'type: text',
      /columns\[0\]\.type must be date: "day" orders the rows in time/,
    ],
    ['an unclosed quote', 'name: plan', 'name: "plan', /contract.yaml, line \d+: /],
    ['no positive class', /positive: .*/, '', /positive is missing/],
  ])('is refused for %s', (_, from, to, message) => {
    expect(complaintAbout(from, to)).toMatch(message)
  })

  it('is refused when nothing is left of it', () => {
    expect(() => parseContract('', contract)).toThrow('it has no fields')
    expect(() => parseContract('- a\n', contract)).toThrow('it has no fields')
  })
})

function withText(text: string): Contract {
  return {
    ...contract,
    target: text,
    positive: text,
    classes: [{ value: text, share: 1 }],
    source: { ...contract.source, missing: ['', text], path: `data/raw/${text}` },
    columns: [
      ...contract.columns.filter(({ name }) => name !== text),
      { name: text, type: 'categorical', missing: 0, distinct: 1, values: [text, 'other'], reason: text },
    ],
  }
}
