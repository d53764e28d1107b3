const FIRST_ROWS = 300
const LEAST_STEPS = 10

/** Pearson's correlation over the rows in which both have a number; 0 where either does not vary. */
export function correlation(a: Float64Array, b: Float64Array): { r: number; rows: number } {
  let rows = 0
  let meanA = 0
  let meanB = 0
  let varianceA = 0
  let varianceB = 0
  let together = 0
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? Number.NaN
    const y = b[i] ?? Number.NaN
    if (Number.isNaN(x) || Number.isNaN(y)) continue
    rows++
    const dx = x - meanA
    const dy = y - meanB
    meanA += dx / rows
    meanB += dy / rows
    varianceA += dx * (x - meanA)
    varianceB += dy * (y - meanB)
    together += dx * (y - meanB)
  }
  const scale = Math.sqrt(varianceA * varianceB)
  return { r: scale > 0 ? together / scale : 0, rows }
}

/** Whether the first rows leave it open that two columns rise and fall together: a cheap look. */
export function mayBeMonotone(a: Float64Array, b: Float64Array): boolean {
  let same = 0
  let opposite = 0
  for (let i = 1; i < Math.min(a.length, FIRST_ROWS); i++) {
    const steps = ((a[i] ?? 0) - (a[i - 1] ?? 0)) * ((b[i] ?? 0) - (b[i - 1] ?? 0))
    if (steps > 0) same++
    if (steps < 0) opposite++
  }
  return same + opposite >= LEAST_STEPS && Math.min(same, opposite) <= (same + opposite) * 0.03
}

/** Each number's rank, the same for equal numbers; NaN stays NaN. */
export function ranks(numbers: Float64Array): Float64Array {
  const sorted = numbers.filter((number) => !Number.isNaN(number)).sort()
  const rank = new Map<number, number>()
  for (let i = 0; i < sorted.length; ) {
    let end = i
    while (end < sorted.length && sorted[end] === sorted[i]) end++
    rank.set(sorted[i] ?? 0, (i + end - 1) / 2)
    i = end
  }
  return numbers.map((number) => rank.get(number) ?? Number.NaN)
}
