import { type Evidence, inSource } from './evidence.ts'
import { modulesOf, testsOf } from './look.ts'
import type { Repository } from './repository/repository.ts'
import type { Source } from './repository/sources.ts'

/** One test function. */
export interface TestCase {
  readonly name: string
  readonly source: Source
  readonly evidence: Evidence
  /** What it asserts, as written. */
  readonly assertions: readonly string[]
  /** Whether something of what it asserts can fail for the code under test. */
  readonly isReal: boolean
}

/** Always true, or only that something is there. */
const HOLLOW =
  /^assert\s*\(?\s*(True|1|not False|1\s*==\s*1)\b|^assert\s+[\w.]+\s+is\s+not\s+None\s*$|\b(exists|isfile|is_file|isdir|is_dir)\s*\(/
const ASSERTING = /(^|[.?])(assert\w*|raises|warns|fail|check_estimator|approx_fprime)$/

const cache = new WeakMap<Repository, TestCase[]>()

export function casesOf(repository: Repository): TestCase[] {
  const known = cache.get(repository)
  if (known !== undefined) return known
  const cases = testsOf(repository).flatMap(casesIn)
  cache.set(repository, cases)
  return cases
}

function casesIn(source: Source): TestCase[] {
  const tests = source.functions.filter(({ name }) => /^test/i.test(name))
  return tests.map(({ name, line, within }) => {
    const path = within === '' ? name : `${within}.${name}`
    const isInside = (where: string) => where === path || where.startsWith(`${path}.`)
    const assertions = [
      ...source.asserts.filter((each) => isInside(each.within)).map(({ text }) => text),
      ...source.calls
        .filter((call) => isInside(call.within) && ASSERTING.test(call.name))
        .map((call) => `${call.name}(${call.args})`),
    ]
    const isReal = assertions.some((text) => !HOLLOW.test(text))
    return { name, source, evidence: inSource(source, line, name), assertions, isReal }
  })
}

/** Cases that assert something and whose file reaches the repository's own code, or starts it. */
export function testsOfCode(repository: Repository): TestCase[] {
  const touching = repository.modules.reaching(modulesOf(repository))
  for (const source of testsOf(repository))
    if (source.calls.some(({ name }) => STARTS.test(name))) touching.add(source)
  return casesOf(repository).filter(({ isReal, source }) => isReal && touching.has(source))
}

const STARTS =
  /^subprocess\.(run|check_call|check_output|Popen|call)$|(^|\.)(CliRunner|TestClient|invoke|test_client)$|^runpy\./
