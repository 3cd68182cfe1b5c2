import { randomUUID } from 'node:crypto'
import { afterEach, expect, it } from 'vitest'
import { shareStream } from '../src/live/share.ts'
import type { ServerEvent } from '../src/live/sse.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

it('opens one stream for all tabs, and each of them hears everything once', async () => {
  const browser = openBrowser()
  const tabs = [browser.openTab(), browser.openTab(), browser.openTab()]
  await expect.poll(() => browser.streams.length).toBe(1)
  browser.streams[0]?.send('1')
  browser.streams[0]?.send('2')
  await expect
    .poll(() => tabs.map((tab) => tab.heard))
    .toEqual([
      ['1', '2'],
      ['1', '2'],
      ['1', '2'],
    ])
  expect(browser.streams).toHaveLength(1)
})

it('goes on in another tab when the one that leads is closed, after the last event that was heard', async () => {
  const browser = openBrowser()
  const first = browser.openTab()
  await expect.poll(() => browser.streams.length).toBe(1)
  const second = browser.openTab()
  browser.streams[0]?.send('41')
  await expect.poll(() => second.heard).toEqual(['41'])
  first.close()
  await expect.poll(() => browser.streams.length).toBe(2)
  expect(browser.streams[0]?.stopped()).toBe(true)
  expect(browser.streams[1]?.resumedAfter).toBe('41')
  browser.streams[1]?.send('42')
  await expect.poll(() => second.heard).toEqual(['41', '42'])
  expect(first.heard).toEqual(['41'])
})

it('never leads in a tab that was closed while it waited', async () => {
  const browser = openBrowser()
  const [first, second, third] = [browser.openTab(), browser.openTab(), browser.openTab()]
  await expect.poll(() => browser.streams.length).toBe(1)
  second.close()
  first.close()
  await expect.poll(() => browser.streams.length).toBe(2)
  browser.streams[1]?.send('1')
  await expect.poll(() => third.heard).toEqual(['1'])
  expect(second.heard).toEqual([])
})

it('keeps people apart who use one browser', async () => {
  const [ada, grace] = [openBrowser(), openBrowser()]
  const [adas, graces] = [ada.openTab(), grace.openTab()]
  await expect.poll(() => ada.streams.length + grace.streams.length).toBe(2)
  ada.streams[0]?.send('1')
  await expect.poll(() => adas.heard).toEqual(['1'])
  expect(graces.heard).toEqual([])
})

it('tells a tab that comes later how things stand, and the others not again', async () => {
  const browser = openBrowser()
  const first = browser.openTab()
  await expect.poll(() => browser.streams.length).toBe(1)
  browser.streams[0]?.send('7', 'notification')
  browser.streams[0]?.send('7', 'unread')
  browser.streams[0]?.send('8', 'notification')
  const second = browser.openTab()
  await expect.poll(() => second.heard).toEqual(['7'])
  const third = browser.openTab()
  await expect.poll(() => third.heard).toEqual(['7'])
  expect([first.heard, second.heard]).toEqual([['7', '7', '8'], ['7']])
})

it('goes on from there when such a tab has to lead before it heard anything else', async () => {
  const browser = openBrowser()
  const first = browser.openTab()
  await expect.poll(() => browser.streams.length).toBe(1)
  browser.streams[0]?.send('7', 'unread')
  const second = browser.openTab()
  await expect.poll(() => second.heard).toEqual(['7'])
  first.close()
  await expect.poll(() => browser.streams[1]?.resumedAfter).toBe('7')
})

interface Stream {
  resumedAfter: string
  send: (id: string, type?: string) => void
  stopped: () => boolean
}

/** Real locks and a real channel: Node has both. Only the stream is played. */
function openBrowser() {
  const name = `test.${randomUUID()}`
  const streams: Stream[] = []

  function openTab() {
    const heard: string[] = []
    const close = shareStream({
      name,
      locks: navigator.locks,
      follow: (lastEventId, onEvent, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve())
          streams.push({
            resumedAfter: lastEventId(),
            send: (id, type = 'notification') => onEvent({ type, data: '', id } satisfies ServerEvent),
            stopped: () => signal.aborted,
          })
        }),
      onEvent: ({ id }) => heard.push(id),
      isState: ({ type }) => type === 'unread',
    })
    ends.push(close)
    return { heard, close }
  }

  return { streams, openTab }
}
