import Handlebars from 'handlebars'

const HELPERS = {
  eq: (a: unknown, b: unknown) => a === b,
  /** A scalar as YAML, on one line: JSON is YAML too. */
  yaml: (value: unknown) => JSON.stringify(value),
  json: (value: unknown) => JSON.stringify(value),
  toml: (value: unknown) => tomlString(String(value)),
  /** Text inside a Markdown table cell or paragraph, with nothing that Markdown or HTML would act on. */
  md: (value: unknown) => markdownText(String(value)),
  percent: (value: unknown) => `${(Number(value) * 100).toFixed(1).replace(/\.0$/, '')} %`,
}

const handlebars = Handlebars.create()
for (const [name, helper] of Object.entries(HELPERS)) handlebars.registerHelper(name, helper)

const OPTIONS: CompileOptions = {
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: Object.fromEntries(Object.keys(HELPERS).map((name) => [name, true])) as KnownHelpers,
}

/**
 * Renders one template. The environment is our own: nothing is HTML-escaped, and a name that the context lacks
 * is an error.
 *
 * @param code what `precompile` made of the template, which spares compiling it here
 */
export function renderTemplate(template: string, context: object, file: string, code?: string): string {
  try {
    const render = code === undefined ? handlebars.compile(template, OPTIONS) : load(code)
    return render(context)
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error })
  }
}

/** A template as JavaScript, for the published package: compiling takes longer than all the rest of rendering. */
export function precompile(template: string): string {
  return String(handlebars.precompile(template, OPTIONS))
}

function load(code: string): HandlebarsTemplateDelegate {
  return handlebars.template(new Function(`return ${code}`)())
}

/** JSON strings are TOML basic strings, but for DEL, which TOML wants escaped. */
function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007F')
}

function markdownText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] as string)
    .replace(/[\\`*_{}[\]()#+!|~$]/g, '\\$&')
}
