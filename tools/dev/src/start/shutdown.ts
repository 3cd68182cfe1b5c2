/** Something that runs until it is stopped. */
export interface Part {
  name: string
  stop: () => Promise<unknown>
  /** Ends it at once, without waiting; for what would outlive us. */
  kill?: () => void
}

export interface Shutdown {
  /** Takes charge of a part. If the end has begun meanwhile, the part is stopped at once and this throws. */
  add<P extends Part>(part: P): Promise<P>
  /** Stops all parts, the last added first, so that nothing loses what it stands on. */
  stop(): Promise<void>
  kill(): void
  /** Aborts when the end begins. */
  signal: AbortSignal
}

export function createShutdown(onFailure: (part: string, error: unknown) => void): Shutdown {
  const parts: Part[] = []
  const begun = new AbortController()
  let stopping: Promise<void> | undefined

  async function stopAll(): Promise<void> {
    begun.abort()
    for (const part of parts.toReversed()) await part.stop().catch((error: unknown) => onFailure(part.name, error))
  }

  return {
    async add(part) {
      if (begun.signal.aborted) await part.stop()
      begun.signal.throwIfAborted()
      parts.push(part)
      return part
    },
    stop: () => (stopping ??= stopAll()),
    kill() {
      for (const part of parts) part.kill?.()
    },
    signal: begun.signal,
  }
}
