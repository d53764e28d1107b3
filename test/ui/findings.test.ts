import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type Profile, profileData } from '../../src/data/profile.ts'
import { SAMPLE, samplePath } from '../../src/data/sample.ts'
import { formatFindings } from '../../src/ui/findings.ts'
import { textWidth } from '../../src/ui/text.ts'
import { csv, dataFile, noise } from '../data/data-file.ts'

const plain = { colour: false, width: 100 }
const profileOf = (text: string, target: string) => profileData(dataFile(text), { target })

describe('the findings', () => {
  it('of the bundled sample read like this', async () => {
    const profile = await profileData(samplePath(), { target: SAMPLE.target })
    expect(formatFindings(profile, plain)).toMatchInlineSnapshot(`
      "bike-sharing.csv.gz: 17,379 rows, 17 columns

        column       type     missing  values                    note
        instant      id                17,379 different          a running number
        dateday      date              2011-01-01 to 2012-12-31  orders the rows in time; %d-%m-%Y
        season       numeric           1 to 4
        year         numeric           0 to 1
        month        numeric           1 to 12
        hour         numeric           0 to 23
        holiday      boolean           0, 1 (true: 1)
        weekday      numeric           0 to 6
        workingday   boolean           1, 0 (true: 1)
        weathersit   numeric           1 to 4
        temp         numeric           0.02 to 1
        feelingTemp  numeric           0 to 1
        humidity     numeric           0 to 1
        windspeed    numeric           0 to 0.8507
        casual       ignore            322 different             LEAK: "casual" + "registered" = "count"
        registered   ignore            776 different             LEAK: "casual" + "registered" = "count"
        count        numeric           1 to 977                  the target

        task     regression of "count": it has 869 different numbers
        time     "dateday": rows are split by it

        note     numbers of few values are kept as numbers: "season", "weathersit"; --type
                 COLUMN=categorical if they are codes
        LEAK     "casual" + "registered" = "count" in every row: they are left out"
    `)
  })

  it('of a classification name the classes, what is missing and what to mind', async () => {
    const text = csv('plan,amount,churned', 400, (i) => [
      ['basic', 'pro', ''][i % 3],
      i === 9 ? 'x' : (noise(i) * 90).toFixed(1),
      noise(i, 2) < 0.07 ? 'yes' : 'no',
    ])
    const shown = formatFindings(await profileOf(text, 'churned'), plain)
    expect(shown).toMatch(/plan +categorical +33\.3 % +basic, pro/)
    expect(shown).toMatch(/task +binary classification of "churned": it has two values/)
    expect(shown).toMatch(/classes +"no" 9\d\.\d %, "yes" \d\.\d % \(positive\)/)
    expect(shown).toMatch(/time +none: rows are split at random/)
    expect(shown).toMatch(/warning +"amount": 1 of 400 values are no numbers: "x" in line 11/)
    expect(shown).toMatch(/warning +"churned": imbalanced/)
  })

  it('end with the leaks, loudly', async () => {
    const profile = await profileData(samplePath(), { target: SAMPLE.target })
    const coloured = formatFindings(profile, { ...plain, colour: true })
    expect(coloured.split('\n').at(-1)).toContain('\u001b[31m\u001b[1m  LEAK')
    expect(stripVTControlCharacters(coloured)).toBe(formatFindings(profile, plain))
  })

  it('of 500 columns fit on a few screens, and the target is among them', async () => {
    const names = Array.from({ length: 499 }, (_, i) => `c${i}`)
    const text = csv([...names, 'y'].join(','), 40, (i) => [
      ...names.map((_, c) => noise(i, c).toFixed(3)),
      i % 2,
    ])
    const lines = formatFindings(await profileOf(text, 'y'), plain).split('\n')
    expect(lines.length).toBeLessThan(60)
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}y +boolean/))
    expect(lines).toContain('  … and 459 more columns: 459 numeric')
  })

  it('keep to the width, whatever the names are', async () => {
    const name = `"${'長い名前 🚲 '.repeat(60)}\u001b[31m\nline"`
    const text = csv(`${name},b,y`, 60, (i) => [`"${'text '.repeat(90)}${i % 3}"`, noise(i), i % 2])
    const shown = formatFindings(await profileOf(text, 'y'), { colour: false, width: 80 })
    expect(shown).not.toContain('\u001b')
    for (const line of shown.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(80)
  })

  it('say how many classes are not shown', () => {
    const classes = Array.from({ length: 9 }, (_, i) => ({ value: `k${i}`, share: 1 / 9 }))
    const profile: Profile = {
      contract: {
        source: {
          path: 'data/raw/x.csv',
          format: 'csv',
          compression: 'none',
          encoding: 'utf-8',
          delimiter: ',',
          quote: '"',
          header: true,
          decimal: '.',
          thousands: '',
          missing: [''],
        },
        rows: 9,
        task: 'multiclass',
        target: 'k',
        classes,
        time: null,
        columns: [],
      },
      findings: [],
      sampled: false,
      reason: 'it has 9 different values',
      spans: new Map(),
    }
    expect(formatFindings(profile, plain)).toContain('"k5" 11.1 % and 3 more')
  })
})
