import { createAccountClock } from './clocks/account-clock.ts'
import { createTimekeeper } from './clocks/timekeeper.ts'
import { createContext, type Context } from './context.ts'
import { createControls } from './control/controls.ts'
import { inTurn } from './in-turn.ts'
import { configureEndpoints } from './webhooks/webhook-endpoints.ts'
import { refreshLinks } from './links.ts'
import { createServer } from './server.ts'
import { settingsOf } from './state/settings.ts'
import type { EventRecord } from './state/state.ts'
import { openStore } from './state/store.ts'
import { createWebhooks } from './webhooks/webhooks.ts'

export interface StripeEmulatorOptions {
  /** Where the state is kept between runs; without it, in memory only. */
  dataFile?: string
  /** Endpoints that get every event, each with the secret (`whsec_…`) that signs for it. */
  webhooks?: readonly { url: string; secret: string }[]
  /** The address under which a browser reaches the pages, if it is not the one that is listened on. */
  publicUrl?: string
  /** Names that lead here, beside `localhost`, those that nobody can register, and the one in `publicUrl`. */
  allowedHosts?: readonly string[]
  /** Requests a second, beyond which they are refused with 429; without it, no limit. */
  rateLimit?: number
  /** How many times faster than Stripe webhooks that were refused are tried again: 300 turns 5 minutes into a second. */
  webhookPace?: number
  /** How many webhooks may be under way to one endpoint at the same time; one by default, which keeps their order. */
  webhookConcurrency?: number
  /** Where the account's clock stands still at first; without it, it runs from the real time. */
  clock?: Date
  /** The real time, in milliseconds like `Date.now`. */
  now?: () => number
  /** Takes what an operator should read; standard error by default. */
  log?: (message: string) => void
}

export interface StripeEmulator {
  /**
   * Listens, by default on a free port of the loopback address, and begins to deliver webhooks. If it cannot, it is
   * closed, and its file is as it was.
   */
  listen(options?: { port?: number; host?: string }): Promise<{ url: string }>
  /** Stops, keeping the state and the webhooks that were not delivered yet; throws if they could not be kept. */
  close(): Promise<void>
  /** Forgets everything but the endpoints configured at start. */
  reset(): Promise<void>
}

/** A stateful Stripe that the `stripe` SDK talks to unchanged, with its pages for people and its webhooks. */
export async function createStripeEmulator({
  dataFile,
  webhooks: configured = [],
  publicUrl,
  allowedHosts = [],
  rateLimit,
  webhookPace,
  webhookConcurrency,
  clock,
  now = Date.now,
  log = (message) => process.stderr.write(`stripe stand-in: ${message}\n`),
}: StripeEmulatorOptions = {}): Promise<StripeEmulator> {
  const ownHosts = [...allowedHosts, ...(publicUrl === undefined ? [] : [new URL(publicUrl).host])]
  const store = await openStore(dataFile, log)
  const { state } = store
  const webhooks = createWebhooks(state, { changed: store.changed, log })
  let base = publicUrl?.replace(/\/+$/, '')

  const account = createAccountClock({
    state,
    startsAt: clock && Math.floor(clock.getTime() / 1000),
    realTime: () => Math.floor(now() / 1000),
    contextAt: ofNobody,
    settled: webhooks.settled,
    log,
    moved(seconds) {
      webhooks.hasten(seconds)
      store.changed()
    },
  })
  const time = createTimekeeper({
    state,
    account,
    contextAt: ofNobody,
    changed: store.changed,
    log,
  })
  const controls = createControls({
    state,
    webhooks,
    changed,
    clock: account,
    reset,
  })
  const server = createServer({ state, context, changed, log, controls, ownHosts })
  let closing: Promise<void> | undefined
  configure()

  function configure(): void {
    account.begin()
    configureEndpoints(state, configured, account.now())
    Object.assign(settingsOf(state), {
      ...(rateLimit !== undefined && { rateLimit }),
      ...(webhookPace !== undefined && { webhookPace }),
      ...(webhookConcurrency !== undefined && { webhookConcurrency }),
    })
  }

  function context(request: EventRecord['request']): Context {
    account.catchUp()
    return contextAt(account.now(), request)
  }

  function contextAt(moment: number, request: EventRecord['request']): Context {
    return createContext({ state, byTime: false, url: (path) => `${base ?? ''}${path}`, request, dispatch }, moment)
  }

  function ofNobody(moment: number): Context {
    return contextAt(moment, { id: null, idempotency_key: null })
  }

  /** After each answer that may have changed something. */
  function changed(): void {
    store.changed()
    time.advanceClocks()
  }

  function dispatch(event: EventRecord): number {
    store.changed()
    return webhooks.dispatch(event)
  }

  async function reset(): Promise<void> {
    store.reset()
    configure()
    webhooks.resume()
    await store.flush()
  }

  function close(): Promise<void> {
    closing ??= inTurn([() => server.close(), stop, store.close])
    return closing
  }

  /** Both at once: a settling move ends when nobody waits for webhooks any more. */
  async function stop(): Promise<void> {
    await Promise.all([time.stop(), webhooks.close()])
  }

  return {
    async listen({ port = 0, host = '127.0.0.1' } = {}) {
      const url = await server.listen({ port, host }).catch(async (error: unknown) => {
        await close()
        throw error
      })
      base ??= url
      refreshLinks(state, base)
      store.changed()
      webhooks.resume()
      time.start()
      return { url }
    },

    close,
    reset,
  }
}
