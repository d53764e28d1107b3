interface Draw {
  /** How many bytes to leave out at the start. */
  readonly skip: number
  readonly count: number
}

/** Blocks drawn evenly from a stream of unknown length, in order; always the same ones, for the seed is fixed. */
export async function drawBlocks(stream: AsyncIterable<Buffer>, { skip, count }: Draw): Promise<Buffer[]> {
  const random = seededRandom(1)
  const drawn: { position: number; block: Buffer }[] = []
  let position = 0
  let seen = 0
  for await (const block of stream) {
    if (position >= skip) {
      const slot = seen < count ? seen : Math.floor(random() * (seen + 1))
      if (slot < count) drawn[slot] = { position, block }
      seen++
    }
    position += block.length
  }
  return drawn.sort((a, b) => a.position - b.position).map(({ block }) => block)
}

/** A small generator of numbers from 0 to 1 (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
