import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { prepare } from './prepared.ts'
import { CREDIT, createProject, readJson } from './projects.ts'
import { make, type Ran, run, scratchFolder } from './run.ts'

const OTHERS = '# mine\n\nMAILTO=""\n1 2 * * *  echo "a  b" \\% é\t\n'

/** Keeps the crontab in a file. */
const SIMULATED = `case $1 in
  -l) cat "$TABLE/crontab" 2>/dev/null || { echo "no crontab for me" >&2; exit 1; } ;;
  -r) rm "$TABLE/crontab" ;;
  -) cat > "$TABLE/crontab" ;;
esac`

/** Debian's own, on a folder of crontabs that no other process sees. */
const REAL = `exec unshare -m sh -c '
mount --bind "$TABLE" /var/spool/cron/crontabs && exec /usr/bin/crontab "$@"' crontab "$@"`

const canRunReal = existsSync('/usr/bin/crontab') && succeeds('unshare', '-m', 'true')

describe('make schedule, in a path with a space and a percent sign', () => {
  let project: string
  let env: NodeJS.ProcessEnv

  beforeAll(() => {
    project = join(scratchFolder('project'), '50% of it')
    renameSync(createProject(CREDIT, {}, '--level', '2', '--no-install'), project)
    prepare(project)
    const made = make(project, 'data', 'train', 'predict')
    expect(made.code, made.output).toBe(0)
  })

  beforeEach(() => {
    env = {
      PATH: `${scratchFolder('bin')}:/usr/bin:/bin`,
      HOME: scratchFolder('home'),
      TABLE: scratchFolder('table'),
    }
  })

  test.each([
    ['a simulated crontab', SIMULATED, true],
    ["Debian's crontab", REAL, canRunReal],
  ])('HOW=cron adds one line to %s, and HOW=none takes it back', (_name, script, canRun) => {
    if (!canRun) return
    put('crontab', script)
    expect(schedule('HOW=none').stdout).toBe('Nothing is scheduled.\n')
    const others = join(env.HOME as string, 'others')
    writeFileSync(others, OTHERS)
    command('sh', '-c', 'crontab - < "$0"', others)
    expect(schedule().stdout).toMatch(/^Nothing is scheduled\.$/m)
    expect(crontab()).toBe(OTHERS)

    schedule('HOW=cron', 'WHEN=mon 07:30')
    schedule('HOW=cron')
    expect(crontab().startsWith(OTHERS)).toBe(true)
    expect(crontab().slice(OTHERS.length).split('\n')).toEqual([
      `# begin ${project}: written by make schedule`,
      expect.stringMatching(/^0 6 \* \* \* cd '.*50\\% of it' && /),
      `# end ${project}`,
      '',
    ])
    expect(schedule().stdout).toMatch(/^Scheduled {2}by cron: 0 6/)

    expect(schedule('HOW=none').stdout).toBe('Nothing is scheduled.\n')
    expect(crontab()).toBe(OTHERS)
  })

  test('what the line runs collects and monitors, with the little that cron sets', () => {
    put('crontab', SIMULATED)
    schedule('HOW=cron')
    const [, line = ''] = /^0 6 \* \* \* (.*)$/m.exec(crontab()) ?? []
    rmSync(join(project, 'reports'), { recursive: true, force: true })
    const settings = join(project, 'mlops.yaml')
    const actuals = 'actuals: examples/good-month-actuals.csv'
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('actuals: null', actuals))
    // Makes each step tell what it imports.
    writeFileSync(join(project, '.env'), 'PYTHONPROFILEIMPORTTIME=1\n')
    const little = ['-i', `HOME=${env.HOME}`, 'SHELL=/bin/sh', 'PATH=/usr/bin:/bin']
    // Cron makes each \% a percent sign, and gives what follows a bare one to the command as its input.
    const ran = run('/', 'env', [...little, '/bin/sh', '-c', line.replaceAll('\\%', '%')])
    expect(ran.stdout).toBe('')
    const log = readFileSync(join(project, 'reports/daily.log'), 'utf8')
    expect(ran.code, log).toBe(0)
    expect(log).toMatch(/^--- \d{4}-[\s\S]*^No new data\.$[\s\S]*^Verdict {4}OK/m)
    expect(log).toContain('import time:')
    expect(readJson(project, 'reports/monitor.json').verdict).toBe('OK')
    expect(readdirSync(join(project, 'reports/history'))).toHaveLength(1)
  })

  test('a source that is gone is the result of the day, and predictions are monitored even so', () => {
    const [source = ''] = readdirSync(join(project, 'data/raw'))
    renameSync(join(project, 'data/raw', source), join(project, 'away'))
    rmSync(join(project, 'reports/monitor.html'))
    const ran = run(project, join(project, '.venv/bin/model'), ['daily'])
    renameSync(join(project, 'away'), join(project, 'data/raw', source))
    expect(ran.code, ran.output).toBe(2)
    expect(ran.stderr).toContain('there is no file')
    expect(existsSync(join(project, 'reports/monitor.html'))).toBe(true)
  })

  test('HOW=systemd writes units that systemd accepts, and starts the timer', () => {
    put('crontab', SIMULATED)
    put('systemctl', 'echo "$@" >> "$HOME/asked"')
    schedule('HOW=cron')
    const scheduled = schedule('HOW=systemd', 'WHEN=fri 18:05')
    expect(scheduled.stdout).toMatch(/^Scheduled {2}by systemd: Fri \*-\*-\* 18:05:00/)
    expect(scheduled.stdout).not.toContain('by cron')
    const folder = join(env.HOME as string, '.config/systemd/user')
    const units = readdirSync(folder).sort()
    expect(units).toEqual([
      expect.stringMatching(/^model-\w{8}\.service$/),
      expect.stringMatching(/\.timer$/),
    ])
    expect(asked()).toContain(`--user enable ${units[1]}`)
    if (succeeds('systemd-analyze', '--version')) {
      const paths = units.map((name) => join(folder, name))
      const runtime = { XDG_RUNTIME_DIR: env.HOME }
      const verified = run('/', 'systemd-analyze', ['--user', 'verify', ...paths], { ...env, ...runtime })
      expect(verified.output).toMatch(/-> 0\n$/)
    }
    expect(schedule('HOW=none').stdout).toBe('Nothing is scheduled.\n')
    expect(asked()).toContain(`--user disable --now ${units[1]}`)
    expect(readdirSync(folder)).toEqual([])
  })

  test.each([
    ['HOW=cron', 'There is no crontab on this machine'],
    ['HOW=systemd', 'There is no systemctl on this machine'],
    ['HOW=often', "invalid choice: 'often'"],
    ['WHEN=25:00', 'WHEN is \'25:00\'; expected "06:00"'],
  ])('%s is refused with what to do where it cannot be', (setting, message) => {
    const [nothing] = (env.PATH as string).split(':')
    const refused = run(project, '/usr/bin/make', ['schedule', setting], { ...env, PATH: nothing })
    expect(refused.code, refused.output).not.toBe(0)
    expect(refused.stderr).toContain(message)
    expect(readdirSync(env.HOME as string)).toEqual([])
  })

  /** A program that is found before the machine's own. */
  function put(name: string, script: string): void {
    const [folder = ''] = (env.PATH as string).split(':')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }

  function schedule(...settings: string[]): Ran {
    const ran = run(project, 'make', ['schedule', ...settings], env)
    expect(ran.code, ran.output).toBe(0)
    return ran
  }

  function command(program: string, ...args: string[]): Ran {
    const ran = run('/', program, args, env)
    expect(ran.code, ran.output).toBe(0)
    return ran
  }

  function crontab(): string {
    return command('crontab', '-l').stdout
  }

  function asked(): string[] {
    return readFileSync(join(env.HOME as string, 'asked'), 'utf8').split('\n')
  }
})

function succeeds(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}
