import { beforeEach, expect, it } from 'vitest'
import { guessUnread, setUnread, unread } from '../src/account/unread.ts'

const refused = new Error('refused')
const lost = new Error('the network is gone')

beforeEach(() => {
  setUnread(7)
})

it('shows the guess while the change is under way, and keeps it', async () => {
  let shown: number | undefined
  const change = async () => {
    shown = unread()
    return 'done'
  }
  expect(await guessUnread(0, change, () => Promise.reject(lost))).toBe('done')
  expect([shown, unread()]).toEqual([0, 0])
})

it('asks the server when the change has failed', async () => {
  await expect(
    guessUnread(
      0,
      () => Promise.reject(refused),
      async () => 5,
    ),
  ).rejects.toBe(refused)
  expect(unread()).toBe(5)
})

it('tells of the change that failed, and not of the question after it', async () => {
  await expect(
    guessUnread(
      0,
      () => Promise.reject(refused),
      () => Promise.reject(lost),
    ),
  ).rejects.toBe(refused)
  expect(unread()).toBe(7)
})
