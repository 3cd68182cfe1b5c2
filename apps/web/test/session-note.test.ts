import { afterEach, expect, it, vi } from 'vitest'
import { onOtherTab, type SessionNote } from '../src/api/session-note.ts'

const ada = { renewedAt: 1, userId: 'ada', organizationId: 'engines' }

afterEach(() => {
  vi.unstubAllGlobals()
})

it.each<[string, SessionNote | null, SessionNote | null, string[]]>([
  ['ended', ada, null, ['ended']],
  ['taken over by another person', ada, { ...ada, userId: 'grace' }, ['replaced']],
  ['taken over to another organisation', ada, { ...ada, organizationId: 'compilers' }, ['switched']],
  ['renewed', ada, { ...ada, renewedAt: 2 }, []],
  ['begun', null, ada, ['begun']],
])('hears of a session that another tab has %s', (_, before, after, expected) => {
  const tab = new EventTarget()
  vi.stubGlobal('addEventListener', tab.addEventListener.bind(tab))
  vi.stubGlobal('removeEventListener', tab.removeEventListener.bind(tab))
  const tell = () =>
    tab.dispatchEvent(Object.assign(new Event('storage'), { key: 'session', ...values(before, after) }))
  const heard: string[] = []

  const stop = onOtherTab((did) => heard.push(did))
  tell()
  expect(heard).toEqual(expected)
  stop()
  tell()
  expect(heard).toEqual(expected)
})

function values(before: SessionNote | null, after: SessionNote | null) {
  return { oldValue: before && JSON.stringify(before), newValue: after && JSON.stringify(after) }
}
