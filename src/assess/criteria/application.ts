import { checkedOnChange, RUNS_TESTS, runsOf, withoutInstalls } from '../automation.ts'
import { inFile, lacking, met, type Sighting } from '../evidence.ts'
import { calls, callsIn, codeOf, files, lines, mentionIn, testsOf } from '../look.ts'
import type { Repository } from '../repository/repository.ts'
import { scoringOf, trainingOf } from '../roles.ts'
import { casesOf, testsOfCode } from '../tests.ts'
import type { Criterion } from './criterion.ts'

export const APPLICATION: readonly Criterion[] = [
  {
    id: 'A1',
    level: 2,
    dimension: 'application',
    title: 'unit tests assert something about the code',
    source: 'the article; Microsoft level 1',
    confidence: 'high',
    raise: 'Test each feature function with known inputs and outputs.',
    look: hasUnitTests,
  },
  {
    id: 'A2',
    level: 2,
    dimension: 'application',
    title: 'an integration test runs several steps together',
    source: 'the article; Microsoft level 1',
    confidence: 'medium',
    raise: 'Write one test that goes from a few rows to predictions, offline.',
    look: hasIntegrationTest,
  },
  {
    id: 'A3',
    level: 2,
    dimension: 'application',
    title: 'a regression test holds the model to recorded results',
    source: 'the article',
    confidence: 'medium',
    raise:
      'Record predictions of a few rows and a floor for the metric; let a test fail when the model falls below.',
    look: (repository) =>
      met(
        casesOf(repository)
          .filter(({ isReal }) => isReal)
          .filter(
            ({ name, source, assertions }) =>
              REGRESSION.test(name) ||
              REGRESSION.test(source.path) ||
              assertions.some((text) => FLOOR.test(text)),
          )
          .map(({ evidence }) => evidence),
        checkedOnChange(repository, RUNS_TESTS),
      ),
  },
  {
    id: 'A4',
    level: 2,
    dimension: 'application',
    title: 'tests run by themselves on each change',
    source: 'Microsoft level 1',
    confidence: 'high',
    raise:
      'Run the tests in CI on each push and pull request, or at least in a git hook, so that a failure stops it.',
    look: testsRunByThemselves,
  },
  {
    id: 'A5',
    level: 2,
    dimension: 'application',
    title: 'changes are reviewed',
    source: 'Marvelous MLOps 3; ML Test Score Model 1',
    confidence: 'low',
    raise: 'Say who reviews what (CODEOWNERS) and what a review looks at (a template for pull requests).',
    look: (repository) =>
      met(
        files(
          repository,
          /(^|\/)CODEOWNERS$|(^|\/)(\.github|docs)?\/?pull_request_template(\.md|\/)|^\.gitlab\/merge_request_templates\//i,
        ),
      ),
  },
  {
    id: 'A6',
    level: 4,
    dimension: 'application',
    title: 'a floor for coverage holds for all code',
    source: 'Microsoft level 3',
    confidence: 'high',
    raise: 'Set fail_under for coverage, of all code, and run it in CI.',
    look: (repository) => {
      const floors = lines(
        repository,
        /(^|\/)(pyproject\.toml|setup\.cfg|tox\.ini|pytest\.ini|\.coveragerc|Makefile|codecov\.ya?ml|noxfile\.py)$|^\.github\/workflows\//,
        /fail_under\s*=|--cov-fail-under|--fail-under|target:\s*\d/,
      )
      return met(floors, floors.length === 0 ? [] : checkedOnChange(repository, /cov/))
    },
  },
  {
    id: 'A7',
    level: 4,
    dimension: 'application',
    title: 'load and latency are tested against a budget',
    source: 'Google; Marvelous MLOps 3',
    confidence: 'medium',
    raise:
      'Send a bounded load to the service before a release, and fail when the 95th percentile is over its budget.',
    look: (repository) => {
      const tools = [
        ...calls([...codeOf(repository), ...testsOf(repository)], /^locust\b/),
        ...files(repository, /(^|\/)(locustfile\w*\.py|load_?test\w*\.py|[^/]*k6[^/]*\.js|[^/]*\.jmx)$/),
        ...runsOf(repository)
          .filter(({ commands }) =>
            /\b(wrk|hey|vegeta|k6 run|locust|artillery|ab -n)\b/.test(withoutInstalls(commands)),
          )
          .map(({ path, line, name }) => inFile(path, name, line)),
        ...casesOf(repository)
          .filter(
            ({ name, isReal }) => isReal && /load_test|under_load|latency|throughput|p9[59]/i.test(name),
          )
          .map(({ evidence }) => evidence),
      ]
      return met(
        tools,
        tools.length === 0 ? [] : checkedOnChange(repository, /\b(wrk|hey|vegeta|k6|locust|load|cd-check)\b/),
      )
    },
  },
  {
    id: 'A8',
    level: 4,
    dimension: 'application',
    title: 'infrastructure is code',
    source: 'Marvelous MLOps 2',
    confidence: 'high',
    raise:
      'Describe what runs the model in files: compose, Kubernetes, Terraform, a supervisor of processes.',
    look: (repository) =>
      met([
        ...files(
          repository,
          /\.tf$|(^|\/)Chart\.ya?ml$|(^|\/)(docker-)?compose[^/]*\.ya?ml$|(^|\/)databricks\.yml$|(^|\/)Pulumi\.ya?ml$/,
        ),
        ...lines(
          repository,
          /\.ya?ml$/,
          /^kind:\s*(Deployment|StatefulSet|InferenceService|SeldonDeployment|CronJob|Kustomization)\b/,
        ),
        // On machines without containers: programs that Supervisor or systemd keeps alive.
        ...lines(repository, /(^|\/)supervisor[^/]*\.(conf|ini)(\.j2)?$/, /^\[program:/),
        ...lines(repository, /\.service(\.j2)?$/, /^ExecStart=/),
      ]),
  },
  {
    id: 'A9',
    level: 4,
    dimension: 'application',
    title: 'dependencies and secrets are scanned',
    source: 'ML Test Score Monitor 1; AWS',
    confidence: 'high',
    raise: 'Let a bot propose updates of dependencies, and scan for known holes and for secrets in CI.',
    look: scansDependencies,
  },
]

const REGRESSION = /regression|golden|snapshot|_floor|no_worse|reference_predictions/i
const FLOOR =
  /^assert\s.*\b(acc(uracy)?|auc|roc\w*|f1\w*|r2\w*|precision|recall|score|evaluate|rmse|mae|mape|metrics?)\b.*[<>]=?\s*[\w.[\]"']+/i

function hasUnitTests(repository: Repository): Sighting {
  const cases = testsOfCode(repository)
  if (cases.length > 0)
    return met(
      cases.map(({ evidence }) => evidence),
      checkedOnChange(repository, RUNS_TESTS),
    )
  const all = casesOf(repository)
  const hollow = all.filter(({ isReal }) => !isReal).map(({ evidence }) => evidence)
  if (hollow.length > 0) return lacking('the tests assert nothing that could fail', hollow)
  return all.length > 0
    ? lacking(
        'the tests never reach the code of the repository',
        all.map(({ evidence }) => evidence),
      )
    : met([])
}

const STEPS = /train|predict|scor(e|ing)|repro\b/i
const WHOLE = /integration|e2e|end_to_end|endtoend|pipeline|workflow|smoke/i

/** A test that is called so, or that reaches both training and prediction, or starts a program or a service. */
function hasIntegrationTest(repository: Repository): Sighting {
  const training = repository.modules.reaching(trainingOf(repository))
  const scoring = repository.modules.reaching(scoringOf(repository))
  const found = testsOfCode(repository).filter(({ name, source }) => {
    if (WHOLE.test(name) || WHOLE.test(source.path)) return true
    if (training.has(source) && scoring.has(source)) return true
    if (callsIn(source, /(^|\.)(TestClient|test_client)$/).length > 0) return true
    return (
      callsIn(source, /(^|\.)CliRunner$|^subprocess\./).length > 0 && mentionIn(source, STEPS) !== undefined
    )
  })
  return met(
    found.map(({ evidence }) => evidence),
    found.length === 0 ? [] : checkedOnChange(repository, RUNS_TESTS),
  )
}

function testsRunByThemselves(repository: Repository): Sighting {
  const inCi = checkedOnChange(repository, RUNS_TESTS)
  if (inCi.length > 0) return met(inCi, inCi)
  const testing = runsOf(repository).filter(({ commands }) => RUNS_TESTS.test(withoutInstalls(commands)))
  const hooks = testing.filter(({ kind, muted }) => kind === 'hook' && muted === undefined)
  if (hooks.length > 0) return met(hooks.map(({ path, line, name }) => inFile(path, `hook: ${name}`, line)))
  const idle = testing.find(
    ({ kind, workflow, muted }) => kind === 'ci' && (muted !== undefined || workflow?.isOnChange === false),
  )
  if (idle !== undefined) {
    const reason =
      idle.muted === undefined
        ? 'the workflow with the tests never starts on a push or a pull request'
        : `the tests run in CI, but a failure fails nothing (${idle.muted})`
    return lacking(reason, [inFile(idle.path, idle.name, idle.line)])
  }
  return repository.workflows.length > 0
    ? lacking(
        'CI runs no tests',
        repository.workflows.map(({ path, triggerLine }) => inFile(path, 'no tests', triggerLine)),
      )
    : met([])
}

function scansDependencies(repository: Repository): Sighting {
  const commands = (pattern: RegExp) =>
    runsOf(repository)
      .filter(
        ({ kind, muted, commands }) =>
          (kind === 'ci' || kind === 'hook') && muted === undefined && pattern.test(commands),
      )
      .map(({ path, line, name }) => inFile(path, name, line))
  const dependencies = [
    ...files(repository, /^\.github\/dependabot\.ya?ml$|(^|\/)(\.?renovate(rc)?)(\.json5?)?$/),
    ...commands(/pip-audit|\bsafety (check|scan)|trivy|osv-scanner|snyk|grype|dependency-review/),
  ]
  const secrets = commands(/gitleaks|detect-secrets|trufflehog|codeql|bandit|semgrep|ggshield|secret/i)
  if (dependencies.length > 0 && secrets.length > 0) return met([...dependencies, ...secrets])
  if (dependencies.length > 0)
    return lacking('dependencies are watched, but nothing looks for secrets or unsafe code', dependencies)
  if (secrets.length > 0)
    return lacking('secrets are looked for, but nothing watches the dependencies', secrets)
  return met([])
}
