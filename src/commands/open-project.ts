import { type Catalog, readCatalog } from '../layers/catalog.ts'
import { loadTemplates } from '../layers/templates.ts'
import { type Project, readProject } from '../project/project.ts'
import type { Context } from './context.ts'
import { settleUnfinished } from './settle-unfinished.ts'

/** The project in the working directory, read only once what an interrupted run left there is settled. */
export function openProject(context: Context): { catalog: Catalog; project: Project } {
  settleUnfinished(context.cwd, context)
  return { catalog: readCatalog(loadTemplates()), project: readProject(context.cwd) }
}
