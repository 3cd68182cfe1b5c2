import { beforeEach, expect, it } from 'vitest'
import { askUnread, guessUnread, hearUnread, setUnread, unread } from '../src/account/unread.ts'

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

it('believes the stream, and not an answer that it overtook on its way', async () => {
  let answer: (count: number) => void = () => undefined
  const asked = askUnread(() => new Promise((resolve) => (answer = resolve)))
  hearUnread(2)
  answer(1)
  await asked
  expect(unread()).toBe(2)
})

it('believes the answer when the stream said nothing since it was asked for', async () => {
  hearUnread(2)
  await askUnread(async () => 3)
  expect(unread()).toBe(3)
})

it('leaves what the stream said while a change was failing', async () => {
  const change = async () => {
    hearUnread(9)
    throw refused
  }
  await expect(guessUnread(6, change, () => Promise.reject(lost))).rejects.toBe(refused)
  expect(unread()).toBe(9)
})
