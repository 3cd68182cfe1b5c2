import { describe, expect, it } from 'vitest'
import { createSecrets, equalInConstantTime } from '../src/secrets.ts'

const [old, next] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 2).toString('base64')]
const secretsUnder = (keys: string, module = 'ping') => createSecrets<'token' | 'key'>(module, keys)
const [before, during, after] = [secretsUnder(old), secretsUnder(`${next},${old}`), secretsUnder(next)]

describe('what is sealed', () => {
  const sealed = before.seal('key', 'the key', 'kid-1')

  it('opens as what it was sealed as', () => {
    expect(before.open('key', sealed, 'kid-1')).toBe('the key')
    expect(sealed).not.toContain(Buffer.from('the key').toString('base64url'))
    expect(before.seal('key', 'the key', 'kid-1')).not.toBe(sealed)
  })

  it('opens neither for another purpose, name or module, nor under another key, nor changed', () => {
    const changed = Buffer.from(sealed, 'base64url')
    changed[changed.length - 1]! ^= 1
    expect(() => before.open('key', sealed, 'kid-2')).toThrow()
    expect(() => before.open('token', sealed, 'kid-1')).toThrow()
    expect(() => secretsUnder(old, 'pong').open('key', sealed, 'kid-1')).toThrow()
    expect(() => after.open('key', sealed, 'kid-1')).toThrow()
    expect(() => before.open('key', changed.toString('base64url'), 'kid-1')).toThrow()
    expect(() => before.open('key', '', 'kid-1')).toThrow()
  })

  it('opens under an old key as long as that is known, and says that it is old', () => {
    expect(during.open('key', sealed, 'kid-1')).toBe('the key')
    expect(during.isCurrent('key', sealed, 'kid-1')).toBe(false)
    expect(during.isCurrent('key', during.seal('key', 'the key', 'kid-1'), 'kid-1')).toBe(true)
    expect(() => after.isCurrent('key', sealed, 'kid-1')).toThrow()
  })
})

describe('what is proved', () => {
  const mac = before.mac('token', 'a')

  it('is so for its purpose, text and module alone', () => {
    expect(before.isMac('token', mac, 'a')).toBe(true)
    expect(before.isMac('token', mac, 'b')).toBe(false)
    expect(before.isMac('key', mac, 'a')).toBe(false)
    expect(secretsUnder(old, 'pong').isMac('token', mac, 'a')).toBe(false)
    for (const other of ['', mac.slice(1), `${mac}x`]) expect(before.isMac('token', other, 'a')).toBe(false)
  })

  it('is known under an old key as long as that is, and made under the first', () => {
    expect(during.isMac('token', mac, 'a')).toBe(true)
    expect(during.mac('token', 'a')).toBe(after.mac('token', 'a'))
    expect(during.macs('token', 'a')).toEqual([after.mac('token', 'a'), mac])
    expect(after.isMac('token', mac, 'a')).toBe(false)
  })

  // Were the derivation another one, nothing that an older version made would be known any more.
  it('is what it always was', () => {
    expect(mac).toBe('-ric7osL_ZxR51eZS86p76rp1LnAlR4FUK7jNbbRHPY')
  })
})

it.each([
  ['', '', true],
  ['a', 'a', true],
  ['a', 'b', false],
  ['a', 'aa', false],
  ['ä', 'a', false],
])('of %j and %j it is %j that they are equal', (a, b, equal) => {
  expect(equalInConstantTime(a, b)).toBe(equal)
})
