import type { Dependencies } from '../layers/level.ts'
import type { Layer } from '../layers/select.ts'
import type { TemplateFile } from '../layers/templates.ts'
import { renderTemplate } from './environment.ts'
import { fillSlots } from './slots.ts'
import type { Ownership, RenderedFile, Tree } from './tree.ts'

/** What templates may name. */
export interface RenderContext {
  readonly name: string
  readonly package: string
  readonly [key: string]: unknown
}

/** Requirements of a layer fill these slots of pyproject.toml: `dependencies-runtime`, `dependencies-dev` … */
const DEPENDENCY_FILE = 'pyproject.toml'

type SlotTexts = Map<string, Map<string, string[]>>

/**
 * Renders the layers into the pristine tree of a project.
 *
 * @throws Error for a mistake in the templates: two layers that bring the same file, or a filling without a slot
 */
export function renderTree(layers: readonly Layer[], context: RenderContext): Tree {
  const drafts = new Map<string, RenderedFile>()
  const slots: SlotTexts = new Map()
  for (const layer of layers) {
    addDependencies(slots, layer.dependencies)
    for (const [template, file] of layer.files) {
      const path = renderPath(template, context)
      const content = renderContent(template, file, context, layer.id)
      const slot = slotOf(path)
      if (slot !== undefined) addFilling(slots, slot.file, slot.name, Buffer.from(content).toString('utf8'))
      else
        addDraft(drafts, {
          path,
          content,
          mode: file.mode,
          ownership: ownership(path, layer, context),
          layer: layer.id,
        })
    }
  }
  for (const file of slots.keys())
    if (!drafts.has(file)) throw new Error(`a layer fills slots of ${file}, which no layer brings`)
  return new Map([...drafts].map(([path, draft]) => [path, withSlots(draft, slots)]))
}

function renderPath(template: string, context: RenderContext): string {
  const path = template.replace(/\.hbs$/, '').replace(/\{\{(\w+)\}\}/g, (_braces, key: string) => {
    const value = context[key]
    if (typeof value !== 'string' || value === '')
      throw new Error(`${template}: no value for ${key} in the path`)
    return value
  })
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw new Error(`${template}: ${path} leaves the project`)
  return path
}

function renderContent(
  template: string,
  file: TemplateFile,
  context: RenderContext,
  layer: string,
): Uint8Array {
  if (!template.endsWith('.hbs')) return file.content
  const text = Buffer.from(file.content).toString('utf8')
  return Buffer.from(renderTemplate(text, context, `${layer}/${template}`, file.code), 'utf8')
}

/** `Makefile.slots/targets.mk` fills the slot `targets` of `Makefile`. */
function slotOf(path: string): { file: string; name: string } | undefined {
  const match = /^(.+)\.slots\/([^/.]+)(?:\.[^/]*)?$/.exec(path)
  return match === null ? undefined : { file: match[1] as string, name: match[2] as string }
}

function addDependencies(slots: SlotTexts, dependencies: Dependencies): void {
  for (const [group, requirements] of Object.entries(dependencies)) {
    const lines = requirements.map((requirement) => `${JSON.stringify(requirement)},\n`).join('')
    if (lines !== '') addFilling(slots, DEPENDENCY_FILE, `dependencies-${group}`, lines)
  }
}

function addFilling(slots: SlotTexts, file: string, slot: string, text: string): void {
  const ofFile = slots.get(file) ?? new Map<string, string[]>()
  ofFile.set(slot, [...(ofFile.get(slot) ?? []), text])
  slots.set(file, ofFile)
}

function addDraft(drafts: Map<string, RenderedFile>, draft: RenderedFile): void {
  const other = drafts.get(draft.path)
  if (other !== undefined) throw new Error(`${draft.path} comes from both ${other.layer} and ${draft.layer}`)
  drafts.set(draft.path, draft)
}

function ownership(path: string, layer: Layer, context: RenderContext): Ownership {
  const isYours = layer.yours.some((pattern) => {
    const rendered = renderPath(pattern.replace(/\/\*\*$/, ''), context)
    return pattern.endsWith('/**') ? path.startsWith(`${rendered}/`) : path === rendered
  })
  return isYours ? 'yours' : 'managed'
}

function withSlots(draft: RenderedFile, slots: SlotTexts): RenderedFile {
  if (draft.content.includes(0)) return draft
  const text = Buffer.from(draft.content).toString('utf8')
  const filled = fillSlots(text, slots.get(draft.path) ?? new Map(), draft.path)
  return filled === text ? draft : { ...draft, content: Buffer.from(filled, 'utf8') }
}
