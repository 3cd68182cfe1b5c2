import { expect, it } from 'vitest'
import { addressesFault, mostAtOnce, parseAddresses } from '../src/screens/invitations/parse-addresses.ts'

it.each([
  ['one', 'ada@example.com', ['ada@example.com']],
  ['a column of a table', 'ada@example.com\ngrace@example.com\r\n', ['ada@example.com', 'grace@example.com']],
  ['commas and semicolons', 'a@x.com, b@x.com;c@x.com', ['a@x.com', 'b@x.com', 'c@x.com']],
  ['nothing but spaces', 'a@x.com  b@x.com\tc@x.com', ['a@x.com', 'b@x.com', 'c@x.com']],
  [
    'a line of a mail',
    'Ada Lovelace <ada@example.com>, Grace <grace@example.com>',
    ['ada@example.com', 'grace@example.com'],
  ],
  ['a name in another script', '李小龙 <li@example.com>', ['li@example.com']],
  ['what is no public name', 'admin@localhost', ['admin@localhost']],
])('reads %s', (_, text, addresses) => {
  expect(parseAddresses(text)).toEqual({ addresses, faults: [] })
  expect(addressesFault(text)).toBeUndefined()
})

it('takes an address once, however it is spelled', () => {
  expect(parseAddresses('Ada@Example.com, ada@example.com').addresses).toEqual(['Ada@Example.com'])
})

it('names what is no address, and keeps what is', () => {
  expect(parseAddresses('ada@example.com, grace at example.com')).toEqual({
    addresses: ['ada@example.com'],
    faults: ['grace at example.com'],
  })
  expect(addressesFault('ada@example.com, grace')).toBe('“grace” is no e-mail address.')
  expect(addressesFault('Ada <ada>')).toBe('“Ada <ada>” is no e-mail address.')
})

it('is finite about a text that somebody pasted by mistake', () => {
  expect(addressesFault('x'.repeat(100_000))?.length).toBeLessThan(100)
})

it('takes no more than can be looked over', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`).join('\n')
  expect(addressesFault(many(mostAtOnce))).toBeUndefined()
  expect(addressesFault(many(mostAtOnce + 1))).toContain(String(mostAtOnce + 1))
})
