import { checkedOnChange, RUNS_TESTS, runsOf } from '../automation.ts'
import { type Evidence, inFile, inSource, lacking, met, type Sighting } from '../evidence.ts'
import { calls, codeOf, definitions, files, lines, mentions, modulesOf } from '../look.ts'
import type { Repository } from '../repository/repository.ts'
import { routesOf, scoringOf, scoringReach } from '../roles.ts'
import { testsOfCode } from '../tests.ts'
import type { Criterion } from './criterion.ts'

export const RELEASE: readonly Criterion[] = [
  {
    id: 'R1',
    level: 1,
    dimension: 'release',
    title: 'releases are recorded',
    source: 'Microsoft level 0',
    confidence: 'medium',
    raise: 'Keep a list of releases: date, who, which model, its metrics, why. A tag in git will do.',
    look: (repository) =>
      met([
        ...files(repository, /(^|\/)(RELEASES?|CHANGELOG|HISTORY|NEWS|CHANGES)(\.(md|rst|txt|ya?ml))?$/i),
        ...tags(repository),
      ]),
  },
  {
    id: 'R2',
    level: 2,
    dimension: 'release',
    title: 'the scoring code is in git, with a contract',
    source: 'Microsoft level 1',
    confidence: 'medium',
    raise:
      'Put scoring into a module, and say in a schema what goes in and comes out (OpenAPI, a signature of the model).',
    look: hasContract,
  },
  {
    id: 'R3',
    level: 3,
    dimension: 'release',
    title: 'a bad model can be rolled back',
    source: 'the article; ML Test Score Infrastructure 7; AWS',
    confidence: 'medium',
    raise: 'Keep the previous model with its version, and make going back to it one command.',
    look: (repository) =>
      met([
        ...definitions(codeOf(repository), /roll_?back/i),
        ...runsOf(repository)
          .filter(({ name }) => /roll-?_?back/i.test(name))
          .map(({ path, line, name }) => inFile(path, name, line)),
        ...lines(repository, /\.md$/i, /^#+ .*roll(ing)?[ -]?back/i),
      ]),
  },
  {
    id: 'R4',
    level: 3,
    dimension: 'release',
    title: 'tests cover the scoring code',
    source: 'Microsoft level 2',
    confidence: 'high',
    raise: 'Let tests import the scoring module and check what it answers.',
    look: (repository) => {
      const reaching = repository.modules.reaching(scoringOf(repository))
      const found = testsOfCode(repository).filter(({ source }) => reaching.has(source))
      return met(
        found.map(({ evidence }) => evidence),
        found.length === 0 ? [] : checkedOnChange(repository, RUNS_TESTS),
      )
    },
  },
  {
    id: 'R5',
    level: 4,
    dimension: 'release',
    title: 'CI releases the model',
    source: 'Microsoft level 3',
    confidence: 'medium',
    raise:
      'Let a job of the pipeline deploy a version of the model, check it, and put the old one back when it fails.',
    look: (repository) => {
      const deploying = runsOf(repository).filter(
        ({ kind, commands }) => kind === 'ci' && DEPLOYS.test(commands),
      )
      const counted = deploying.filter(({ muted }) => muted === undefined)
      const found = counted.map(({ path, line, name }) => inFile(path, name, line))
      if (found.length > 0) return met(found, found)
      return deploying.length > 0
        ? lacking(
            'a job deploys, but a failure fails nothing',
            deploying.map(({ path, line, name }) => inFile(path, name, line)),
          )
        : met([])
    },
  },
  {
    id: 'R6',
    level: 4,
    dimension: 'release',
    title: 'a release goes through stages: test, pre-production, production',
    source: 'Google',
    confidence: 'medium',
    raise: 'Have the same artifact pass a stage or two before production; only the configuration differs.',
    look: hasStages,
  },
  {
    id: 'R7',
    level: 4,
    dimension: 'release',
    title: 'a new model meets part of the traffic first: canary, shadow or A/B test',
    source: 'Google; Microsoft level 3; AWS',
    confidence: 'medium',
    raise: 'Send a share of the requests to the new model, or show it all of them without using its answers.',
    look: (repository) =>
      met([
        ...definitions(
          modulesOf(repository),
          /canary|shadow|challenger_traffic|assign_(arm|variant|group)|ab_?test/i,
        ),
        ...lines(
          repository,
          /\.ya?ml$/,
          /canary(TrafficPercent|-weight)?\s*:|\bshadow\s*:|\bmirror(Percentage)?\s*:|trafficPercent\s*:/i,
        ),
      ]),
  },
  {
    id: 'R8',
    level: 4,
    dimension: 'release',
    title: 'a prediction can be traced back to data and code',
    source: 'Microsoft level 3',
    confidence: 'medium',
    raise: 'Let the service say which run, commit and data version it serves (/version).',
    look: (repository) =>
      met([
        ...modulesOf(repository).flatMap((source) =>
          routesOf(source)
            .filter(({ route }) => /version|lineage/i.test(route))
            .map(({ line, route }) => inSource(source, line, route)),
        ),
        ...definitions(modulesOf(repository), /^lineage|trace_prediction/i),
        ...files(repository, /(^|\/)lineage\.py$/),
        ...lines(repository, /(^|\/)Dockerfile[^/]*$/, /^LABEL .*(revision|commit|git)/i),
      ]),
  },
  {
    id: 'R9',
    level: 5,
    dimension: 'release',
    title: 'a written policy decides about promotion, champion against challenger',
    source: 'Microsoft level 4',
    confidence: 'low',
    raise:
      'Write the conditions for promotion into a policy, and let champion and challenger be compared by it.',
    look: (repository) => {
      const policies = files(repository, /(^|\/)[^/]*policy[^/]*\.(ya?ml|toml|json)$/i)
      const both = mentions(codeOf(repository), /challenger/i)
      return policies.length > 0 && both.length > 0 ? met([...policies, ...both]) : met([])
    },
  },
]

const DEPLOYS =
  /\b(kubectl (apply|set image|rollout)|helm (upgrade|install)|terraform apply|docker push|az ml .*deploy|aws (sagemaker|ecs|lambda)|gcloud (run|ai|app) .*deploy|bentoml deploy|serverless deploy|cdk deploy|fly deploy|make deploy|deploy\.(sh|py)|dvc push && .*gto|databricks bundle deploy)\b/

/** Tags are files of git; git itself is not run. */
function tags(repository: Repository): Evidence[] {
  return repository.tags.slice(0, 3).map((tag) => inFile(`.git/refs/tags/${tag}`, `tag ${tag}`))
}

function hasContract(repository: Repository): Sighting {
  const scoring = scoringOf(repository).filter(({ isNotebook }) => !isNotebook)
  if (scoring.length === 0) return met([])
  const reach = scoringReach(repository)
  const typed = [...reach].flatMap((source) => {
    const model = source.classes.find(({ marks }) => marks.some((base) => /(^|\.)BaseModel$/.test(base)))
    const answers = routesOf(source).length > 0
    return model !== undefined && answers ? [inSource(source, model.line, `class ${model.name}`)] : []
  })
  const made = [...reach].flatMap((source) =>
    source.imports.some(({ module }) => module.startsWith('fastapi'))
      ? calls([source], /(^|\.)(create_model|FastAPI|get_openapi)$/).slice(0, 1)
      : [],
  )
  const written = [
    ...files(repository, /(^|\/)(openapi|swagger)[^/]*\.(ya?ml|json)$|\.proto$|(^|\/)signature\.json$/i),
    ...calls(codeOf(repository), /(^|\.)(infer_signature|ModelSignature)$/),
    ...mentions(codeOf(repository), /^signature\.json$/),
    ...calls(reach, /^bentoml\./),
    ...files(repository, /(^|\/)contract\.ya?ml$/),
  ]
  const contract = [...typed, ...made, ...written]
  return contract.length > 0
    ? met(contract)
    : lacking(
        'there is scoring code, but nothing says what goes in and what comes out',
        scoring.map((source) => inSource(source, 1, 'scoring')),
      )
}

function hasStages(repository: Repository): Sighting {
  const named = new Map<string, Evidence>()
  for (const { path } of repository.find(STAGE_FILES)) {
    const stage = STAGE.exec(path)?.[0].toLowerCase()
    if (stage !== undefined) named.set(shortStage(stage), inFile(path, `stage ${stage}`))
  }
  for (const { path, environments } of repository.workflows)
    for (const { name, line } of environments)
      named.set(shortStage(name.toLowerCase()), inFile(path, `environment ${name}`, line))
  return named.size >= 2 ? met([...named.values()]) : met([])
}

const STAGE = /\b(dev|development|test|staging|stage|preprod|pre-production|uat|prod|production)\b/i
const STAGE_FILES =
  /(^|\/)(config|configs|conf|environments|envs|overlays|deploy|infra)\/([^/]+\/)*[^/]*\b(dev|development|test|staging|stage|preprod|pre-production|uat|prod|production)\b[^/]*(\/[^/]+)?\.(ya?ml|toml|tfvars|tf|json|env)$/i

function shortStage(stage: string): string {
  if (/^prod/.test(stage)) return 'prod'
  if (/^dev/.test(stage)) return 'dev'
  return /^(stag|pre|uat)/.test(stage) ? 'staging' : stage
}
