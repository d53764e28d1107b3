/** Something that a person should know about their data before they trust a model of it. */
export interface Finding {
  /** A leak gives the target away: with it, a model looks good and is useless. */
  readonly severity: 'info' | 'warning' | 'leak'
  readonly column?: string
  readonly message: string
}

export function info(message: string, column?: string): Finding {
  return { severity: 'info', message, ...(column !== undefined && { column }) }
}

export function warning(message: string, column?: string): Finding {
  return { severity: 'warning', message, ...(column !== undefined && { column }) }
}

/** A value or a name inside a message: quoted, on one line, of bearable length. */
export function quoted(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text
  return JSON.stringify(short)
}

/** A whole number with commas; Node's own formatting loads all that it knows about languages first. */
export function thousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`
}
