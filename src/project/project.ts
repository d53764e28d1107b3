import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Contract } from '../data/contract.ts'
import { parseContract } from '../data/contract-file.ts'
import { KnownError } from '../errors.ts'
import { CONTRACT_FILE, type ContractFile } from '../render/project.ts'
import { emptyLock, LOCK_FILE, type Lock, parseLock } from './lock.ts'
import { parseSettings, SETTINGS_FILE, type Settings } from './settings.ts'

/** A project of create-mlops as it is on disk. */
export interface Project {
  readonly settings: Settings
  readonly contract: Contract
  readonly contractFile: ContractFile
  readonly lock: Lock
}

/**
 * Reads what a project says of itself. A lost lock counts as a damaged one: nothing is known to be pristine.
 *
 * @throws KnownError when the folder is no project, or one of its files cannot be read
 */
export function readProject(root: string): Project {
  const settingsText = readText(root, SETTINGS_FILE)
  if (settingsText === undefined)
    throw new KnownError(`${root} has no ${SETTINGS_FILE}, so it is no project of create-mlops`, {
      hint: 'Go to the folder of a project, or name it with --cwd. A new one: create-mlops DIR',
    })
  const settings = parseSettings(settingsText)
  const text = readText(root, CONTRACT_FILE)
  if (text === undefined)
    throw new KnownError(`${CONTRACT_FILE} is missing`, { hint: 'Bring it back from your version control.' })
  const lockText = readText(root, LOCK_FILE)
  const lock = lockText === undefined ? emptyLock('', { damaged: true }) : parseLock(lockText)
  return {
    settings,
    contract: parseContract(text, settings.project),
    contractFile: { text, pristineHash: lock.files.get(CONTRACT_FILE)?.hash },
    lock,
  }
}

function readText(root: string, file: string): string | undefined {
  const path = join(root, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
