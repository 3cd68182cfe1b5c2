import { newId } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createLive, type Reader } from '../src/live.ts'
import { notify } from '../src/notify.ts'
import { startNotifications, type App } from './support/app.ts'

let app: App
beforeAll(async () => {
  app = await startNotifications({ ROLES: 'http' })
})
afterAll(() => app.close())

/** As a process writes it that is killed before it could say so. */
async function tellSilently(userId: string, title: string) {
  const to = { id: userId, locale: 'en' as const, timeZone: 'UTC' }
  const notices = [{ to, category: 'product' as const, text: { title, body: 'Body' }, link: null }]
  const signals = { ...app.ctx.signals, emit: () => undefined }
  await app.ctx.withTx((tx) => notify(tx, { eventId: newId(), notices }, { signals }))
}

/** A stream that is up to date. */
async function follow(live: ReturnType<typeof createLive>, userId: string) {
  const titles: unknown[] = []
  let counts = 0
  const send: Reader['send'] = ({ event, data }) => {
    if (event === 'notification') titles.push((data as { title: string }).title)
    else counts++
  }
  const stop = live.follow(userId, { after: 0, send }, app.ctx)
  await until(
    () => counts,
    (count) => count > 0,
  )
  return { titles, stop }
}

it('news whose signal was lost is told all the same, a little later, and once', async () => {
  const live = createLive({ log: app.ctx.log, lookAgain: 100 })
  const [ada, eve] = [newId(), newId()]
  const [hers, others] = [await follow(live, ada), await follow(live, eve)]
  await tellSilently(ada, 'lost')
  await until(
    () => hers.titles,
    (titles) => titles.length > 0,
  )
  await new Promise((resolve) => setTimeout(resolve, 350))
  expect([hers.titles, others.titles]).toEqual([['lost'], []])
  hers.stop()
  others.stop()
})

it('nobody is looked for once the last stream is closed', async () => {
  const live = createLive({ log: app.ctx.log, lookAgain: 50 })
  const { stop } = await follow(live, newId())
  stop()
  const select = vi.spyOn(app.ctx.db, 'select')
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(select).not.toHaveBeenCalled()
  select.mockRestore()
})
