import fs from 'node:fs'
import { join } from 'node:path'
import { applyPlan } from '../../src/apply/apply.ts'
import { readDisk } from '../../src/plan/disk.ts'
import { planMove } from '../../src/plan/plan.ts'
import { LOCK_FILE, parseLock } from '../../src/project/lock.ts'
import { manyFiles } from './many-files.ts'

/** Run as a process of its own, to be killed: says when it begins to apply, and applies. */
const root = process.argv[2] as string
const base = parseLock(fs.readFileSync(join(root, LOCK_FILE), 'utf8'))
const plan = planMove({ version: '1.0.0', base, theirs: manyFiles('second'), disk: readDisk(fs, root) })
fs.writeSync(1, 'applying\n')
applyPlan(root, plan)
