import type { Signals } from './queues.ts'

interface Emitter {
  signals: Signals
  receive(text: string): void
  reconnected(): void
}

/** What both backends share of signals: channels, JSON, and that a lost hint is nobody's failure. */
export function createEmitter(send: (text: string) => Promise<unknown>): Emitter {
  const channels = new Map<string, Set<(message: unknown) => void>>()
  const reconnects = new Set<() => void>()
  return {
    signals: {
      emit(channel, message) {
        send(JSON.stringify([channel, message])).catch(() => undefined)
      },
      on(channel, listen) {
        const set = channels.get(channel) ?? new Set()
        channels.set(channel, set.add(listen))
        return () => {
          set.delete(listen)
          if (set.size === 0) channels.delete(channel)
        }
      },
      onReconnect(listen) {
        reconnects.add(listen)
        return () => reconnects.delete(listen)
      },
    },
    receive(text) {
      const [channel, message] = JSON.parse(text) as [string, unknown]
      for (const listen of channels.get(channel) ?? []) listen(message)
    },
    reconnected() {
      for (const listen of reconnects) listen()
    },
  }
}
