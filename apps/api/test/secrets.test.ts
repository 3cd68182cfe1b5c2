import { createHash, createPrivateKey, randomBytes } from 'node:crypto'
import { readContracts } from '@lightpress/ci'
import { requires } from '@lightpress/local'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createConfidant, type Confidant } from './support/confidant.ts'
import { factorKinds, walkFactors } from './support/factors-journey.ts'
import { until } from './support/person.ts'
import { readPrivateKey } from './support/signing-keys.ts'
import { createWitness, findSecrets, type Witness, type Written } from './support/witness.ts'
import { walkWebhooks, webhookKinds } from './support/webhooks-journey.ts'
import { createWorld, type World } from './support/world.ts'

const topologies = [
  { name: 'all in one process, queues on PostgreSQL', topology: 'single', queue: 'postgres' },
  ...(requires('redis-server')
    ? ([{ name: 'a process for each module, queues on Redis', topology: 'split', queue: 'redis' }] as const)
    : []),
] as const

/** What the journey must have come by, or the search would be for nothing. */
const kinds = [
  ...[
    'a password',
    'an access token',
    'the signature of an access token',
    'a refresh token',
    'the signing key',
    'basic credentials',
  ],
  ...['access', 'refresh', 'registration', 'device'].map((name) => `the cookie lightpress_${name}`),
  ...['verify', 'reset-password', 'confirm-email', 'invitation'].map((name) => `the link token of /${name}`),
  ...[
    'INTERNAL_KEY',
    'AUTH_KEY_ENCRYPTION_KEY',
    'SECRETS_ENCRYPTION_KEY',
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRET',
    'RESEND_WEBHOOK_SECRET',
  ],
  'a client secret of OpenID Connect',
  ...factorKinds,
  ...webhookKinds,
]

describe.each(topologies)('what is written, $name', ({ topology, queue }) => {
  const key = () => randomBytes(32).toString('base64')
  const keys = {
    STRIPE_SECRET_KEY: `sk_test_${randomBytes(18).toString('hex')}`,
    STRIPE_WEBHOOK_SECRET: `whsec_${key()}`,
    RESEND_WEBHOOK_SECRET: `whsec_${key()}`,
    RESEND_API_KEY: `re_${randomBytes(18).toString('hex')}`,
  }
  /** Nobody is there: what a call to it would have said stands in an error. */
  const provider = { id: 'nowhere', name: 'Nowhere', issuer: 'http://127.0.0.1:9', clientId: 'lightpress' }
  const clientSecret = key()
  const OIDC_PROVIDERS = JSON.stringify([{ ...provider, clientSecret }])
  let world: World
  let witness: Witness
  let confidant: Confidant
  beforeAll(async () => {
    world = await createWorld(topology, { queue, env: { ...keys, OIDC_PROVIDERS, LOG_LEVEL: 'trace' } })
    witness = await createWitness(world.stack, world.database)
    confidant = createConfidant(world)
    await keepKeys()
  })
  afterAll(async () => {
    await witness?.close()
    await world?.close()
  })

  it('holds no secret, when all goes well and when it does not', async () => {
    const person = await journey()
    await mistakes(person)
    await brokenTables(person)
    if (topology === 'split') await awayNeighbour(person)
    expect([...confidant.secrets.values()]).toEqual(expect.arrayContaining(kinds))
    await settled()
    const written = await everything()
    expect(findSecrets(confidant.secrets, written)).toEqual([])
    const bytes = written.reduce((sum, { text }) => sum + text.length, 0)
    console.info(
      `${confidant.secrets.size} secrets looked for in ${written.length} things written, ${Math.round(bytes / 1024)} KiB; ${confidant.refusals.length} of them refusals`,
    )
  })

  it('is searched well enough to find a secret in a row, in a line and in an answer', async () => {
    const secret = confidant.keep('a planted secret', `planted-${randomBytes(12).toString('hex')}`)
    const headers = { 'user-agent': secret, 'x-request-id': secret }
    const [email, password] = [confidant.newAddress(), 'not the password of anybody']
    await confidant.call('/v1/auth/sign-in', { body: { email, password }, headers })
    await confidant.call('/v1/auth/sign-up', { body: { email, password, name: secret } })
    const found = await until(
      async () => findSecrets(confidant.secrets, await everything()),
      (places) => places.some((place) => place.includes('the log of')),
    )
    expect(found).toContain('a planted secret is in an answer')
    expect(found).toContain('a planted secret is in auth.registration')
  })

  async function keepKeys(): Promise<void> {
    const { stack } = world
    for (const [name, value] of Object.entries({ ...world.keys, ...keys })) confidant.keep(name, value)
    confidant.keep('a client secret of OpenID Connect', clientSecret)
    confidant.keep('the password of the database', decodeURIComponent(new URL(stack.databaseUrl).password))
    const { pem } = await readPrivateKey(stack.databaseUrl, world.keys.AUTH_KEY_ENCRYPTION_KEY)
    confidant.keep('the signing key', pem.split('\n')[1] ?? '')
    confidant.keep('the signing key', createPrivateKey(pem).export({ format: 'jwk' }).d ?? '')
  }

  /** What is written because of the journey comes later: mails, what is tried again, the lines about it. */
  async function settled(): Promise<void> {
    const modules = await readContracts()
    const waiting = modules
      .map(({ contract: { name } }) => `select id from ${name}.outbox where state = 'pending'`)
      .join(' union all ')
    await until(
      async () => (await world.database.query(waiting)).rowCount,
      (count) => count === 0,
    )
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }

  async function everything(): Promise<Written[]> {
    const answers = confidant.refusals.map(({ text, headers }) => text + JSON.stringify(headers))
    return [...(await witness.read()), ...answers.map((text) => ({ where: 'an answer', text }))]
  }

  interface Walker {
    email: string
    password: string
    /** As a program sends it. */
    bearer: Record<string, string>
    refreshToken: string
  }

  /** Everything that makes, changes or ends a secret, as it should be done. */
  async function journey(): Promise<Walker> {
    const { call, newPassword, newAddress, linkToken, bearerOf, cookiesOf } = confidant
    const email = newAddress()
    const first = newPassword()
    const signedUp = await call('/v1/auth/sign-up', { body: { email, password: first, name: 'Ada Lovelace' } })
    const verified = await call('/v1/auth/email/verify', {
      body: { token: await linkToken(email, '/verify'), mode: 'cookie' },
      headers: cookiesOf(signedUp),
    })
    expect(verified.status).toBe(200)
    const refreshed = await call('/v1/auth/token/refresh', { body: {}, headers: cookiesOf(verified) })
    expect(refreshed.status).toBe(200)
    const browser = cookiesOf(refreshed)
    const second = newPassword()
    const changed = { currentPassword: first, newPassword: second }
    expect((await call('/v1/auth/password/change', { body: changed, headers: browser })).status).toBe(200)

    await call('/v1/auth/password/forgot', { body: { email } })
    const third = newPassword()
    const reset = { token: await linkToken(email, '/reset-password'), password: third }
    expect((await call('/v1/auth/password/reset', { body: reset })).status).toBe(200)

    const program = await call('/v1/auth/sign-in', { body: { email, password: third } })
    expect(program.status).toBe(200)
    const bearer = bearerOf(program)
    const moved = newAddress()
    await call('/v1/auth/email/change', { body: { email: moved }, headers: bearer })
    for (const address of [email, moved]) {
      const token = await linkToken(address, '/confirm-email')
      expect((await call('/v1/auth/email/change/confirm', { body: { token } })).status).toBe(200)
    }
    const { organizationId } = (program.json as { user: { organizationId: string } }).user
    await call('/v1/auth/session/organization', { body: { organizationId }, headers: bearer })
    const invited = { email: newAddress(), role: 'member' }
    const invitations = `/v1/organizations/${organizationId}/invitations`
    expect((await call(invitations, { body: invited, headers: bearer })).status).toBe(201)
    const invitation = { token: await linkToken(invited.email, '/invitation') }
    expect((await call('/v1/invitations/preview', { body: invitation })).status).toBe(200)
    expect((await call('/v1/invitations/accept', { body: invitation, headers: bearer })).status).toBe(403)
    const checkout = { body: { planId: 'pro', interval: 'month' }, headers: { ...bearer, 'idempotency-key': 'once' } }
    for (let times = 0; times < 2; times++) expect((await call('/v1/billing/checkout', checkout)).status).toBe(200)
    for (const path of ['/v1/auth/sessions', '/v1/auth/activity', '/v1/users/me', '/v1/notifications'])
      expect((await call(path, { method: 'GET', headers: bearer })).status).toBe(200)
    await walkWebhooks(confidant, bearer)
    const held = await walkFactors(confidant, { email: moved, password: third, bearer })
    return { email: moved, password: third, ...held }
  }

  /** What people, programs and attackers get wrong while they hold a secret in their hands. */
  async function mistakes({ email, password, bearer, refreshToken }: Walker): Promise<void> {
    const { call, newPassword, keep } = confidant
    const token = keep('a link token that is none', `v1.${randomBytes(32).toString('base64url')}`)
    const challenge = keep('a challenge that is none', randomBytes(32).toString('base64url'))
    const proof = { kind: 'password', password }
    const json = JSON.stringify({
      email,
      password,
      refreshToken,
      token,
      challenge,
      code: password,
      proof,
      newPassword: newPassword(),
    })
    const paths = [
      'sign-in',
      'sign-up',
      'token/refresh',
      'email/verify',
      'password/reset',
      'password/change',
      'magic-link/sign-in',
      'totp/verify',
      'recovery-codes/verify',
      'step-up',
      'recovery/complete',
      'api-keys',
      'sign-up/invitation',
    ].map((path) => `/v1/auth/${path}`)
    const elsewhere = [
      '/v1/auth/email/change/confirm',
      '/v1/billing/webhooks/stripe',
      '/v1/invitations/preview',
      '/v1/invitations/accept',
    ]
    for (const path of [...paths, ...elsewhere]) {
      await call(path, { body: json, headers: bearer })
      await call(path, { body: json.slice(0, -1), headers: bearer })
      await call(path, { body: `[${json}]` })
      await call(path, { body: json, headers: { 'content-type': 'text/plain' } })
      await call(path, {
        body: { email: password, password: [password], token: { password }, refreshToken: [password] },
      })
      await call(`${path}?${new URLSearchParams({ password, refreshToken, token })}`, {
        method: 'GET',
        headers: bearer,
      })
    }
    await call('/v1/auth/sign-in', { body: { email, password: newPassword() } })
    await call('/v1/auth/token/refresh', { body: { refreshToken: `${refreshToken}a` } })
    const basic = keep('basic credentials', Buffer.from(`${email}:${password}`).toString('base64'))
    for (const authorization of [`Basic ${basic}`, `Bearer ${password}`, `${bearer.authorization}a`, refreshToken])
      await call('/v1/users/me', {
        method: 'GET',
        headers: { authorization, cookie: `lightpress_access=${refreshToken}` },
      })
    await call('/v1/auth/oidc/nowhere/start', { method: 'GET' })
    await call(`/v1/auth/oidc/nowhere/callback?state=${token}&code=${challenge}`, { method: 'GET' })
    const signature = createHash('sha256').update(json).digest('hex')
    await call('/v1/billing/webhooks/stripe', { body: json, headers: { 'stripe-signature': `t=1,v1=${signature}` } })
  }

  /** Faults in the middle: the errors of a database tell the values that a statement was given. */
  async function brokenTables(person: Walker): Promise<void> {
    const tables = [
      'account',
      'session',
      'refresh_token',
      'registration',
      'password_reset',
      'email_change',
      'ticket',
      'totp',
      'recovery_code',
      'api_key',
      'outbox',
    ]
    const statuses: number[] = []
    for (const table of tables) {
      await world.database.query(`alter table auth.${table} rename to broken`)
      try {
        for (const [path, body] of requestsOf(person))
          statuses.push((await confidant.call(path, { body, headers: person.bearer })).status)
      } finally {
        await world.database.query(`alter table auth.broken rename to ${table}`)
      }
    }
    expect(statuses.filter((status) => status === 500).length).toBeGreaterThan(tables.length)
  }

  /** A neighbour that does not answer: what it was asked must not be told. */
  async function awayNeighbour(person: Walker): Promise<void> {
    await world.stack.kill('users', 'SIGKILL')
    try {
      for (const [path, body] of requestsOf(person)) await confidant.call(path, { body, headers: person.bearer })
      expect(confidant.refusals.some(({ status }) => status === 503)).toBe(true)
    } finally {
      await world.stack.restart('users')
    }
  }

  function requestsOf({ email, password, refreshToken }: Walker): [string, object][] {
    const { newPassword, newAddress } = confidant
    const { secrets } = confidant
    const token = [...secrets].find(([, what]) => what === 'the link token of /verify')?.[0] ?? ''
    return [
      ['/v1/auth/sign-up', { email: newAddress(), password: newPassword(), name: 'Eve' }],
      ['/v1/auth/email/verify', { token, password }],
      ['/v1/auth/sign-in', { email, password }],
      ['/v1/auth/token/refresh', { refreshToken }],
      ['/v1/auth/password/forgot', { email }],
      ['/v1/auth/password/reset', { token, password: newPassword() }],
      ['/v1/auth/password/change', { currentPassword: newPassword(), newPassword: newPassword() }],
      ['/v1/auth/email/change', { email: newAddress() }],
      ['/v1/auth/email/change/confirm', { token }],
      ['/v1/auth/magic-link/sign-in', { token }],
      ['/v1/auth/totp/confirm', { code: password }],
      ['/v1/auth/step-up', { proof: { kind: 'recovery_code', code: password } }],
      ['/v1/auth/api-keys', { name: 'CI', scopes: ['billing:read'], expiresAt: null }],
    ]
  }
})

it('finds a secret however it is passed on', () => {
  const secret = 'a secret/of "somebody" ☂'
  const encoded = [
    JSON.stringify({ secret }),
    new URLSearchParams({ secret }).toString(),
    `/path/${encodeURIComponent(secret)}`,
    `Basic ${Buffer.from(secret).toString('base64')}`,
  ]
  for (const text of encoded)
    expect(findSecrets(new Map([[secret, 'it']]), [{ where: 'a line', text }]), text).toEqual(['it is in a line'])
})
