import { expect, it } from 'vitest'
import { deriveKey } from '../src/derived-key.ts'

const [old, next] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 2).toString('base64')]

it('what was proved under an old key is known as long as that is, and what is made is made under the first', () => {
  const before = deriveKey(old, 'invitation-token')
  const during = deriveKey(`${next},${old}`, 'invitation-token')
  const after = deriveKey(next, 'invitation-token')
  expect(during.isMac(before.mac('a'), 'a')).toBe(true)
  expect(during.mac('a')).toBe(after.mac('a'))
  expect(after.isMac(before.mac('a'), 'a')).toBe(false)
  expect(during.isMac(before.mac('a'), 'b')).toBe(false)
})
