import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { mayConnect } from '../../src/webhooks/address-rules.ts'
import { createSender } from '../../src/webhooks/sender.ts'
import { createTargets, RefusedTarget } from '../../src/webhooks/targets.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const inside = [
  ['this machine', '127.0.0.1', '127.255.255.254', '::1'],
  ['unspecified', '0.0.0.0', '0.1.2.3', '::'],
  ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', 'fc00::1', 'fd12:3456::1'],
  ['link-local', '169.254.0.1', 'fe80::1', 'fe80::1%eth0', 'fec0::1'],
  ['metadata of machines', '169.254.169.254', 'fd00:ec2::254'],
  ['behind a provider', '100.64.0.1', '100.127.255.255'],
  ['multicast and broadcast', '224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
  ['reserved', '240.0.0.1', '192.0.0.1', '198.18.0.1', '198.19.255.255'],
  ['documentation', '192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  ['IPv4 in IPv6: mapped', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:169.254.169.254', '::ffff:8.8.8.8'],
  ['IPv4 in IPv6: compatible', '::127.0.0.1', '::7f00:1', '::8.8.8.8'],
  ['IPv4 in IPv6: translated', '::ffff:0:127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::a00:1'],
  ['IPv4 in IPv6: 6to4 and Teredo', '2002:7f00:1::', '2002:a9fe:a9fe::1', '2001:0:7f00:1::', '2001::1'],
  ['given out to nobody', '4000::1', '8000::1', '100::1', '5f00::1'],
  ['no address', '', 'localhost', '0x7f.1', '2130706433', '017700000001', '127.1', '1.2.3', '1.2.3.4.5', '[::1]'],
] as const

describe('an address', () => {
  it.each(inside.map(([kind, ...addresses]) => ({ kind, addresses })))('$kind is not public', ({ addresses }) => {
    for (const address of addresses) expect([address, mayConnect(address, 'public')]).toEqual([address, false])
  })

  it.each(['8.8.8.8', '1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '2a00:1450:4001:80b::200e'])(
    '%s is',
    (address) => expect(mayConnect(address, 'public')).toBe(true),
  )

  it('of this machine and its network may be reached in development, metadata may not', () => {
    for (const address of ['127.0.0.1', '::1', '10.1.2.3', '192.168.1.1', 'fd12::1', '8.8.8.8'])
      expect([address, mayConnect(address, 'local')]).toEqual([address, true])
    for (const address of ['169.254.169.254', 'fd00:ec2::254', 'fe80::1', '0.0.0.0', '::ffff:127.0.0.1', '224.0.0.1'])
      expect([address, mayConnect(address, 'local')]).toEqual([address, false])
  })
})

describe('a URL', () => {
  const targets = createTargets('public', () => Promise.resolve(['93.184.216.34']))

  it.each([
    'http://hooks.example.com/',
    'ftp://hooks.example.com/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'https://user:password@hooks.example.com/',
    'https://user@hooks.example.com/',
    'https://hooks.example.com:22/',
    'https://hooks.example.com:80/',
    'https://hooks.example.com./',
    'https://localhost/',
    'https://LOCALHOST/',
    'https://localhost./',
    'https://a.localhost/',
    'https://postgres/',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'https://router.home.arpa/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://017700000001/',
    'https://0177.0.0.1/',
    'https://127.0.0.1./',
    'https://１２７.０.０.１/',
    'https://127。0。0。1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:7f00:1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[0:0:0:0:0:ffff:10.0.0.1]/',
    'https://[64:ff9b::169.254.169.254]/',
    'https://[2002:7f00:1::]/',
    'https://[fe80::1]/',
    'https://[fd00:ec2::254]/',
    'not a url',
  ])('%s is refused', (url) => expect(() => targets.parse(url)).toThrow(RefusedTarget))

  it.each([
    ['https://hooks.example.com/in?a=b', 'https://hooks.example.com/in?a=b'],
    ['HTTPS://Hooks.Example.com:443/in#part', 'https://hooks.example.com/in'],
    ['https://hooks.example.com:8443/', 'https://hooks.example.com:8443/'],
    ['https://bücher.example.org/', 'https://xn--bcher-kva.example.org/'],
    ['https://93.184.216.34/', 'https://93.184.216.34/'],
  ])('%s is taken, as %s', (url, taken) => expect(targets.parse(url).href).toBe(taken))
})

describe('a name', () => {
  const url = new URL('https://hooks.example.com/')
  const leadsTo = (...addresses: string[]) => createTargets('public', () => Promise.resolve(addresses))

  it('that leads inside is refused when an endpoint is saved, also beside a public address', async () => {
    await expect(leadsTo('10.0.0.1').check(url)).rejects.toThrow(RefusedTarget)
    await expect(leadsTo('93.184.216.34', '127.0.0.1').check(url)).rejects.toThrow(RefusedTarget)
    await expect(leadsTo('93.184.216.34', '::ffff:a9fe:a9fe').check(url)).rejects.toThrow(RefusedTarget)
    await leadsTo('93.184.216.34', '2606:4700:4700::1111').check(url)
  })

  it('that leads nowhere yet may be saved', async () => {
    const nowhere = createTargets('public', () => Promise.reject(new Error('ENOTFOUND')))
    await nowhere.check(url)
  })
})

describe('a connection', () => {
  it('is not made when the name leads inside by then, and nothing is said of where', async () => {
    const receiver = await listen()
    const answers = [['93.184.216.34'], ['127.0.0.1']]
    const targets = createTargets('public', () => Promise.resolve(answers.shift() ?? []))
    const url = `https://hooks.example.com:${receiver.port}/`
    await targets.check(targets.parse(url))
    const answer = await post(url, targets)
    expect(answer).toMatchObject({
      status: null,
      body: '',
      error: 'Not sent. This address is not on the public internet.',
    })
    expect(JSON.stringify(answer)).not.toContain('127.0.0.1')
    expect(receiver.requests).toBe(0)
    expect(answers).toEqual([])
  })

  it('goes to the very address that was checked: the name is asked for once', async () => {
    const receiver = await listen()
    const asked: string[] = []
    const targets = createTargets('local', (name) => Promise.resolve(asked.push(name) === 1 ? ['127.0.0.1'] : ['::1']))
    const answer = await post(`http://hooks.example.com:${receiver.port}/`, targets)
    expect(answer).toMatchObject({ status: 200, error: null })
    expect(receiver).toMatchObject({ requests: 1, hosts: [`hooks.example.com:${receiver.port}`] })
    expect(asked).toEqual(['hooks.example.com'])
  })

  it.each(['http://169.254.169.254/latest/meta-data/', 'http://[fd00:ec2::254]/', 'http://[::ffff:7f00:1]/'])(
    'is not made to %s, whoever wrote that into the database',
    async (url) => {
      expect(await post(url, createTargets('local'))).toMatchObject({
        status: null,
        error: expect.stringContaining('Not sent.') as string,
      })
    },
  )

  it.each(['public', 'local'] as const)(
    'of a host that is an address is checked without a look-up (%s)',
    async (kind) => {
      const receiver = await listen()
      const targets = createTargets(kind, () => Promise.reject(new Error('Nobody asked')))
      const answer = await post(`http://127.0.0.1:${receiver.port}/`, targets)
      expect(answer.status).toBe(kind === 'public' ? null : 200)
      expect(receiver.requests).toBe(kind === 'public' ? 0 : 1)
    },
  )
})

async function post(url: string, targets: ReturnType<typeof createTargets>) {
  const sender = createSender(targets)
  ends.push(() => sender.close())
  return sender.send({ url, headers: { 'content-type': 'application/json' }, body: '{}' })
}

async function listen() {
  const seen = { port: 0, requests: 0, hosts: [] as (string | undefined)[] }
  const server = createServer((request, response) => {
    seen.requests++
    seen.hosts.push(request.headers.host)
    response.end('taken')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => server.close())
  seen.port = (server.address() as AddressInfo).port
  return seen
}
