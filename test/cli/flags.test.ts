import { describe, expect, test } from 'vitest'
import { type CommandSpec, parseFlags } from '../../src/flags.ts'

const spec: CommandSpec = {
  name: 'create',
  usage: 'create-mlops [DIR]',
  summary: '',
  arguments: { min: 0, max: 1 },
  flags: {
    level: { value: 'N', help: '' },
    stack: { value: 'CHOICE=OPTION', repeatable: true, help: '' },
    yes: { short: 'y', help: '' },
    'no-git': { help: '' },
  },
}

describe('flags', () => {
  test('values, repeated values, switches and arguments', () => {
    const parsed = parseFlags(spec, [
      'churn',
      '--level',
      '2',
      '--stack=a=b',
      '--stack',
      'c=d',
      '-y',
      '--no-git',
    ])
    expect(parsed.positionals).toEqual(['churn'])
    expect(Object.fromEntries(parsed.values)).toEqual({ level: ['2'], stack: ['a=b', 'c=d'] })
    expect([...parsed.switches]).toEqual(['yes', 'no-git'])
  })

  test.each([
    [['--levle', '2'], '"--levle" is not a flag of create-mlops; did you mean "--level"?'],
    [['--level'], '--level needs a value'],
    [['--level='], '--level needs a value'],
    [['--level', '1', '--level', '2'], '--level is given twice'],
    [['--yes=no'], '--yes takes no value'],
    [['a', 'b'], '"b" is one argument too many'],
    [['--constructor'], '"--constructor" is not a flag'],
  ])('refuses %j', (args, message) => {
    expect(() => parseFlags(spec, args)).toThrow(message)
  })
})
