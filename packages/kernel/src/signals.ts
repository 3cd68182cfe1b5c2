import { describeError, type Logger } from './logging.ts'
import type { Signals } from './queues.ts'

interface Emitter {
  signals: Signals
  receive(text: string): void
  connected(): void
}

/** What both backends share of signals: channels, JSON, and that a lost hint is nobody's failure. */
export function createEmitter(send: (text: string) => Promise<unknown>, log: Logger): Emitter {
  const channels = new Map<string, Set<(message: unknown) => void>>()
  const connects = new Set<() => void>()
  // Anybody who may log in to the database or Redis can say anything here: what cannot be read is no hint.
  const parse = (text: string): [string, unknown] => {
    try {
      const [channel, message] = JSON.parse(text) as [unknown, unknown]
      return [String(channel), message]
    } catch {
      return ['', undefined]
    }
  }
  const attempt = (listen: () => void) => {
    try {
      listen()
    } catch (error) {
      log.error(describeError(error), 'somebody who listens to signals failed')
    }
  }
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
      onConnect(listen) {
        connects.add(listen)
        return () => connects.delete(listen)
      },
    },
    receive(text) {
      const [channel, message] = parse(text)
      for (const listen of channels.get(channel) ?? []) attempt(() => listen(message))
    },
    connected() {
      for (const listen of connects) attempt(listen)
    },
  }
}
