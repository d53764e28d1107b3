import { posix } from 'node:path'
import type { Contract } from '../data/contract.ts'
import { renderContract } from '../data/contract-file.ts'
import type { Catalog } from '../layers/catalog.ts'
import type { LevelNumber } from '../layers/level.ts'
import { selectLayers } from '../layers/select.ts'
import type { Stack } from '../layers/stack.ts'
import { NO_OWN_CODE } from '../project/own.ts'
import type { ProjectFacts } from '../project/settings.ts'
import { renderTree } from './render.ts'
import type { Tree } from './tree.ts'

export const CONTRACT_FILE = 'contract.yaml'

/** Everything that a project's pristine files depend on. */
export interface Desired {
  readonly level: LevelNumber
  readonly stack: Stack
  readonly project: ProjectFacts
  readonly contract: Contract
  /** The file of a contract that was written before. It is written once, so it is never rendered again. */
  readonly contractFile?: ContractFile
}

export interface ContractFile {
  readonly text: string
  /** Of the text as it was first written; unknown where the lock is lost. */
  readonly pristineHash: string | undefined
}

/** The files that a project at this level and stack would have if nobody had edited them. */
export function renderProject(catalog: Catalog, desired: Desired): Tree {
  const { level, stack, project, contract, contractFile } = desired
  const own = project.own ?? NO_OWN_CODE
  const layers = selectLayers(catalog, level, stack)
  const tree = renderTree(layers, {
    ...project,
    own,
    ownPaths: [...own.code, ...own.requirements.filter((path) => path !== '.')].map((path) =>
      posix.join(own.root, path),
    ),
    level,
    stack,
    contract,
    isBinary: project.task === 'binary',
    isMulticlass: project.task === 'multiclass',
    isRegression: project.task === 'regression',
  })
  return new Map(tree).set(CONTRACT_FILE, {
    path: CONTRACT_FILE,
    content: Buffer.from(contractFile?.text ?? renderContract(contract), 'utf8'),
    ...(contractFile?.pristineHash !== undefined && { hash: contractFile.pristineHash }),
    mode: 0o644,
    ownership: 'yours',
    layer: 'level1/common',
  })
}
