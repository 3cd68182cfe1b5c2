import { expect, it } from 'vitest'
import { isThisMachine, parsePeople } from '../src/development/parse-people.ts'

const ada = { name: 'Ada Admin', email: 'admin@localhost', password: 'lightpress-dev', role: 'operator' }

it.each(['localhost', 'app.localhost', '127.0.0.1', '127.8.9.10', '[::1]'])('asks on this machine: %s', (name) => {
  expect(isThisMachine(name)).toBe(true)
})

it.each(['lightpress.example', 'localhost.example', '127.0.0.1.example', '10.0.0.1', '[::2]', ''])(
  'asks nowhere else: %j',
  (name) => {
    expect(isThisMachine(name)).toBe(false)
  },
)

it('reads whom one can sign in as, and leaves out what is not whole', async () => {
  expect(await parsePeople(Response.json({ people: [ada, { ...ada, password: 1 }, null] }))).toEqual([ada])
})

it.each([
  [
    'the page that is served for every path',
    new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
  ],
  ['a refusal', Response.json({ people: [ada] }, { status: 404 })],
  ['something else', Response.json({ people: 'all' })],
])('finds nobody in %s', async (_, answer) => {
  expect(await parsePeople(answer)).toEqual([])
})
