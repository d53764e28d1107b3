/** A target of a Makefile: what it runs, and what it needs first. */
export interface Target {
  readonly name: string
  readonly path: string
  readonly line: number
  readonly needs: readonly string[]
  readonly commands: readonly string[]
}

/** Reads the rules of a Makefile, with its simple variables filled in. */
export function readMakefile(path: string, text: string): Target[] {
  const variables = new Map<string, string>()
  const targets: Target[] = []
  let open: string[] = []
  const lines = text.replace(/\\\n/g, ' \n').split('\n')
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('\t')) {
      open.push(fill(line.trim(), variables))
      continue
    }
    const variable = /^([A-Za-z_]\w*)\s*[:?+]?=\s*(.*)$/.exec(line)
    if (variable !== null) {
      variables.set(variable[1] as string, fill(variable[2] as string, variables))
      continue
    }
    const rule = /^([^\s:#=][^:#=]*):(?!=)([^#;]*)/.exec(line)
    if (rule === null) continue
    open = []
    const needs = fill(rule[2] as string, variables)
      .split(/\s+/)
      .filter(Boolean)
    for (const name of fill(rule[1] as string, variables)
      .split(/\s+/)
      .filter(Boolean))
      targets.push({ name, path, line: index + 1, needs, commands: open })
  }
  return targets.filter(({ name }) => !name.startsWith('.'))
}

function fill(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$[({](\w+)[)}]/g, (whole, name) => variables.get(name) ?? whole)
}
