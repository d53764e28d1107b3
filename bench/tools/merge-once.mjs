import { pathToFileURL } from 'node:url'

/** Prints how many milliseconds one merge takes in a fresh process, as it is in an upgrade: nothing is warm. */
const [bundle, shape] = process.argv.slice(2)
const { mergeText } = await import(pathToFileURL(bundle).href)
const sides = sidesOf(shape)
const start = performance.now()
mergeText(sides.base, sides.yours, sides.theirs)
console.log(performance.now() - start)

/** A file of 5,000 lines, of which there are seven different ones, and what two sides did to it. */
function sidesOf(name) {
  const every = { few: 500, many: 20, most: 3 }[name]
  const base = Array.from({ length: 5000 }, (_, line) => (line % 7 === 0 ? '' : `value = step(${line % 7})`))
  const yours = base.map((text, line) => (line % every === 0 ? `${text}  # mine` : text))
  const theirs = base.flatMap((text, line) =>
    line % every === every >> 1 ? [text, 'value = added()'] : [text],
  )
  return { base: textOf(base), yours: textOf(yours), theirs: textOf(theirs) }
}

function textOf(lines) {
  return `${lines.join('\n')}\n`
}
