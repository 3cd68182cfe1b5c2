/** Lets so many through at a time; the others wait in the order in which they came. */
export function createGate(size: number) {
  const waiting: (() => void)[] = []
  let free = size

  return async function pass<T>(work: () => Promise<T>): Promise<T> {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      // The place is handed on, so that nobody who comes now takes it first.
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
