import { expect, it } from 'vitest'
import { whileShown } from '../src/live/while-shown.ts'

function follow() {
  const page = new EventTarget()
  const did: string[] = []
  const start = () => {
    did.push('start')
    return () => void did.push('end')
  }
  const end = whileShown(start, { page, onReturn: () => did.push('returned') })
  return { did, end, tell: (name: string) => page.dispatchEvent(new Event(name)) }
}

it('ends when the page is left, and begins anew when it is put back', () => {
  const { did, tell } = follow()
  tell('pageshow')
  expect(did).toEqual(['start'])
  tell('pagehide')
  tell('pageshow')
  expect(did).toEqual(['start', 'end', 'start', 'returned'])
})

it('ends once, and does not begin again after that', () => {
  const { did, end, tell } = follow()
  end()
  tell('pagehide')
  tell('pageshow')
  expect(did).toEqual(['start', 'end'])
})

it('that ends while the page is put aside does not come back with it', () => {
  const { did, end, tell } = follow()
  tell('pagehide')
  end()
  tell('pageshow')
  expect(did).toEqual(['start', 'end'])
})
