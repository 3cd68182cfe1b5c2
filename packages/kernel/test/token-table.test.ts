// RFC 8725 as a table: every way in which a token can be almost right, and that each is refused as every other is.
import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { accessToken, type Identity } from '@lightpress/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimsOf, cookieNames } from '../src/authenticate.ts'
import { newId } from '../src/index.ts'
import { createInternalTokens } from '../src/internal-token.ts'
import { privateKey, publicKey, publicUrl, startWorld, tokenFor, until, type World } from './support/start.ts'

let world: World
beforeAll(async () => {
  world = await startWorld('one process')
})
afterAll(() => world.close())

type Part = Record<string, unknown>

const identity: Identity = {
  userId: newId(),
  sessionId: newId(),
  sessionVersion: 3,
  organizationId: newId(),
  role: 'owner',
  operator: true,
  authenticatedAt: 0,
  impersonatorId: null,
}
const goodHeader: Part = { alg: 'EdDSA', typ: accessToken.type, kid: 'one' }

function goodClaims(): Part {
  const now = Math.floor(Date.now() / 1000)
  const { lifetimeSeconds, audience } = accessToken
  return { ...claimsOf(identity), iss: publicUrl, aud: audience, iat: now, exp: now + lifetimeSeconds }
}

function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}

/** A good token but for what is given; `undefined` leaves a field out. Signed with our own key unless told otherwise. */
function forge(bend: { header?: Part; claims?: Part; key?: KeyObject; hash?: string } = {}): string {
  const { header, claims, key = privateKey, hash = null } = bend
  const signed = `${encode({ ...goodHeader, ...header })}.${encode({ ...goodClaims(), ...claims })}`
  const ieee = key.asymmetricKeyType === 'ec' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key
  return `${signed}.${sign(hash, Buffer.from(signed), ieee).toString('base64url')}`
}

/** The same with a shared secret, as whoever knows only our public key would sign. */
function forgeWithSecret(secret: string | Buffer, header: Part = {}): string {
  const signed = `${encode({ ...goodHeader, alg: 'HS256', ...header })}.${encode(goodClaims())}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

/** Signs parts that are no JSON of ours as they are. */
function signText(header: string, payload: string): string {
  const signed = `${encode(header)}.${encode(payload)}`
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
}

function parts(token: string) {
  return token.split('.') as [header: string, payload: string, signature: string]
}

function resigned(change: (signature: string) => string): string {
  const [header, payload, signature] = parts(forge())
  return `${header}.${payload}.${change(signature)}`
}

const names = cookieNames(publicUrl)

async function ask(path: string, headers: Record<string, string>) {
  const response = await fetch(world.baseUrl + path, { headers })
  const { requestId, ...body } = (await response.json()) as Part
  expect(typeof requestId === 'string' || response.ok).toBe(true)
  return { status: response.status, body }
}

const asBearer = (token: string) => ask('/v1/ping/me', { authorization: `Bearer ${token}` })
const asCookie = (token: string) => ask('/v1/ping/me', { cookie: `${names.access}=${token}` })

const jwk = publicKey.export({ format: 'jwk' }) as { x: string }
const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string
const der = publicKey.export({ type: 'spki', format: 'der' })
const stranger = generateKeyPairSync('ed25519')
const strangersJwk = { ...stranger.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'EdDSA', use: 'sig' }
const now = () => Math.floor(Date.now() / 1000)

const almostRight: Record<string, () => string> = {
  ...Object.fromEntries(
    ['none', 'None', 'NONE', 'nOnE', 'none ', ''].flatMap((alg) => [
      [
        `alg ${JSON.stringify(alg)} and no signature`,
        () => `${encode({ ...goodHeader, alg })}.${encode(goodClaims())}.`,
      ],
      [`alg ${JSON.stringify(alg)} and a signature`, () => forge({ header: { alg } })],
    ]),
  ),
  'a good header and no signature': () => parts(forge()).slice(0, 2).join('.') + '.',
  'two parts': () => parts(forge()).slice(0, 2).join('.'),
  'one part': () => parts(forge())[0],
  'four parts': () => `${forge()}.${encode({})}`,
  'five parts, as an encrypted token has': () => `${encode({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`,
  'only dots': () => '..',

  'the public PEM as a shared secret': () => forgeWithSecret(pem),
  'the public PEM without its last newline as a shared secret': () => forgeWithSecret(pem.trim()),
  'the public DER as a shared secret': () => forgeWithSecret(der),
  'the public JWK as a shared secret': () => forgeWithSecret(JSON.stringify(jwk)),
  'x of the JWK as a shared secret': () => forgeWithSecret(jwk.x),
  'the bytes of x as a shared secret': () => forgeWithSecret(Buffer.from(jwk.x, 'base64url')),
  'an empty shared secret': () => forgeWithSecret(''),
  'the public PEM as a shared secret under the name of EdDSA': () => forgeWithSecret(pem, { alg: 'EdDSA' }),

  RS256: () => {
    const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    return forge({ header: { alg: 'RS256' }, key, hash: 'sha256' })
  },
  ES256: () => {
    const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    return forge({ header: { alg: 'ES256' }, key, hash: 'sha256' })
  },
  'EdDSA on Ed448': () => forge({ key: generateKeyPairSync('ed448').privateKey }),
  'EdDSA on Ed448, saying so': () => forge({ header: { crv: 'Ed448' }, key: generateKeyPairSync('ed448').privateKey }),
  'the key of somebody else under our kid': () => forge({ key: stranger.privateKey }),
  'our own signature under another alg': () => forge({ header: { alg: 'Ed25519' } }),
  'our own signature under alg eddsa': () => forge({ header: { alg: 'eddsa' } }),
  'our own signature without an alg': () => forge({ header: { alg: undefined } }),
  'an alg that is a list': () => forge({ header: { alg: ['EdDSA'] } }),

  'a key of its own in jwk': () => forge({ header: { jwk: strangersJwk }, key: stranger.privateKey }),
  'a key of its own in jwk and no kid': () =>
    forge({ header: { jwk: strangersJwk, kid: undefined }, key: stranger.privateKey }),
  'a key set of its own in jku': () =>
    forge({ header: { jku: 'https://evil.example/jwks.json', kid: 'evil' }, key: stranger.privateKey }),
  'a certificate of its own in x5u': () =>
    forge({ header: { x5u: 'https://evil.example/cert.pem' }, key: stranger.privateKey }),
  'a certificate of its own in x5c': () =>
    forge({
      header: { x5c: [stranger.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] },
      key: stranger.privateKey,
    }),

  'a critical extension that nobody knows': () => forge({ header: { crit: ['exp-strict'], 'exp-strict': true } }),
  'a critical extension of the standard': () => forge({ header: { crit: ['b64'], b64: false } }),
  'an empty crit': () => forge({ header: { crit: [] } }),
  'a crit that is no list': () => forge({ header: { crit: 'alg' } }),

  ...Object.fromEntries(
    [
      'two',
      'One',
      ' one',
      'one ',
      '',
      '__proto__',
      'constructor',
      'hasOwnProperty',
      'toString',
      '../one',
      '../../../../dev/null',
      '/dev/null',
      'file:///dev/null',
      "one' or '1'='1",
      "' union select 'x' --",
      'one\u0000',
      'one\n',
      '$(id)',
      1,
      0,
      null,
      true,
      ['one'],
      { toString: 'one' },
    ].map((kid) => [`kid ${JSON.stringify(kid)}`, () => forge({ header: { kid } })]),
  ),
  'no kid': () => forge({ header: { kid: undefined } }),

  'typ JWT': () => forge({ header: { typ: 'JWT' } }),
  'typ refresh': () => forge({ header: { typ: 'refresh' } }),
  'the typ of a call between services': () => forge({ header: { typ: 'lightpress-call+jwt' } }),
  'no typ': () => forge({ header: { typ: undefined } }),
  'a typ that is a list': () => forge({ header: { typ: [accessToken.type] } }),

  'exp a second ago': () => forge({ claims: { iat: now() - 301, exp: now() - 1 } }),
  'exp long ago': () => forge({ claims: { exp: 1 } }),
  'exp 0': () => forge({ claims: { exp: 0 } }),
  'no exp': () => forge({ claims: { exp: undefined } }),
  'exp null': () => forge({ claims: { exp: null } }),
  'exp in text': () => forge({ claims: { exp: String(now() + 300) } }),
  'exp in a list': () => forge({ claims: { exp: [now() + 300] } }),
  'a longer life than ours have': () => forge({ claims: { iat: now() - 301, exp: now() + 3600 } }),
  'no iat': () => forge({ claims: { iat: undefined } }),
  'iat in text': () => forge({ claims: { iat: String(now()) } }),
  'iat in the future': () => forge({ claims: { iat: now() + 3600, exp: now() + 3900 } }),
  'nbf in the future': () => forge({ claims: { nbf: now() + 60 } }),
  'nbf in text': () => forge({ claims: { nbf: String(now()) } }),

  'another audience': () => forge({ claims: { aud: 'elsewhere' } }),
  'no audience': () => forge({ claims: { aud: undefined } }),
  'audience null': () => forge({ claims: { aud: null } }),
  'an empty list of audiences': () => forge({ claims: { aud: [] } }),
  'ours among several audiences': () => forge({ claims: { aud: [accessToken.audience, 'elsewhere'] } }),
  'an audience that begins like ours': () => forge({ claims: { aud: `${accessToken.audience}.evil.example` } }),
  'another issuer': () => forge({ claims: { iss: 'https://evil.example' } }),
  'our issuer with a slash': () => forge({ claims: { iss: `${publicUrl}/` } }),
  'an issuer that begins like ours': () => forge({ claims: { iss: `${publicUrl}.evil.example` } }),
  'no issuer': () => forge({ claims: { iss: undefined } }),
  'a list of issuers': () => forge({ claims: { iss: [publicUrl] } }),

  'no sub': () => forge({ claims: { sub: undefined } }),
  'a sub that is no id of ours': () => forge({ claims: { sub: 'admin' } }),
  'a sub that is a list': () => forge({ claims: { sub: [identity.userId] } }),
  ...Object.fromEntries(
    [String(now()), now() + 0.5, null, true, [now()], {}].map((auth_time) => [
      `auth_time ${JSON.stringify(auth_time)}`,
      () => forge({ claims: { auth_time } }),
    ]),
  ),
  ...Object.fromEntries(
    [null, newId(), [], {}, { sub: null }, { sub: 'operator' }, { sub: [newId()] }, [{ sub: newId() }]].map((act) => [
      `act ${JSON.stringify(act).replace(/[0-9a-f-]{36}/, 'an id')}`,
      () => forge({ claims: { act } }),
    ]),
  ),
  'no sid': () => forge({ claims: { sid: undefined } }),
  'no version': () => forge({ claims: { ver: undefined } }),
  'a version in text': () => forge({ claims: { ver: '3' } }),
  'a version between two': () => forge({ claims: { ver: 3.5 } }),
  'a role that there is not': () => forge({ claims: { role: 'root' } }),
  'an operator in text': () => forge({ claims: { op: 'true' } }),
  'claims that are none': () => signText(JSON.stringify(goodHeader), 'null'),
  'claims that are a list': () => signText(JSON.stringify(goodHeader), '[]'),
  'claims that are no JSON': () => signText(JSON.stringify(goodHeader), '{"sub":'),
  'a header that is no JSON': () => signText('EdDSA', JSON.stringify(goodClaims())),
  'a token in the place of the claims': () => signText(JSON.stringify({ ...goodHeader, cty: 'JWT' }), forge()),
  'an audience named twice, ours first': () =>
    signText(JSON.stringify(goodHeader), JSON.stringify(goodClaims()).replace(/}$/, ',"aud":"elsewhere"}')),
  'claims changed under the signature': () => {
    const [header, , signature] = parts(forge())
    return `${header}.${encode({ ...goodClaims(), sub: newId() })}.${signature}`
  },
  'a claim named twice under the signature': () => {
    const [header, payload, signature] = parts(forge())
    const twice = Buffer.from(payload, 'base64url').toString().replace(/}$/, `,"sub":"${newId()}"}`)
    return `${header}.${encode(twice)}.${signature}`
  },
  'a header changed under the signature': () => {
    const [, payload, signature] = parts(forge())
    return `${encode({ ...goodHeader, typ: accessToken.type, cty: 'JWT' })}.${payload}.${signature}`
  },

  'a padded signature': () => resigned((signature) => `${signature}==`),
  'a signature in the other alphabet of base64': () => {
    // Until one has a character that the two alphabets write differently.
    for (;;) {
      const [header, payload, signature] = parts(forge({ claims: { jti: newId() } }))
      const other = signature.replaceAll('-', '+').replaceAll('_', '/')
      if (other !== signature) return `${header}.${payload}.${other}`
    }
  },
  'a signature whose last character says the same bytes': () => resigned(sameBytes),
  'half a signature': () => resigned((signature) => signature.slice(0, 43)),
  'a signature that goes on': () => resigned((signature) => `${signature}AA`),
  'a signature of zeros': () => resigned(() => Buffer.alloc(64).toString('base64url')),
  'a point in the signature': () => resigned((signature) => `${signature}.`),
  'an exclamation mark in the signature': () =>
    resigned((signature) => `${signature.slice(0, 9)}!${signature.slice(9)}`),
  'padded claims': () => {
    const [header, payload, signature] = parts(forge())
    return `${header}.${payload}=.${signature}`
  },
  'eight kilobytes of somebody else': () => forge({ claims: { more: 'x'.repeat(8_000) }, key: stranger.privateKey }),
}

/** Another text for the same 64 bytes: the last character of their base64url has four bits to spare. */
function sameBytes(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const other = signature.slice(0, -1) + alphabet.charAt(alphabet.indexOf(signature.at(-1) as string) + 1)
  expect(Buffer.from(other, 'base64url')).toEqual(Buffer.from(signature, 'base64url'))
  return other
}

describe('the token of a signed-in person', () => {
  it('is accepted in the header and in the cookie', async () => {
    const accepted = { status: 200, body: { userId: identity.userId } }
    expect(await asBearer(forge())).toEqual(accepted)
    expect(await asCookie(forge())).toEqual(accepted)
    expect(await asBearer(tokenFor(identity))).toEqual(accepted)
  })

  it('is accepted with claims that we do not read, a header that we do not need, and a clock a little ahead', async () => {
    for (const token of [
      forge({ claims: { jti: newId(), nbf: now() - 1 } }),
      forge({ header: { jku: 'https://evil.example/jwks.json' } }),
      forge({ claims: { iat: now() + 5, exp: now() + 305 } }),
    ])
      expect((await asBearer(token)).status).toBe(200)
  })
})

describe('the token of somebody signed in says', () => {
  const proved = '/v1/pong/proved'
  const themself = '/v1/pong/themself'
  const says = async (path: string, claims: Part) => {
    const { status, body } = await ask(path, { authorization: `Bearer ${forge({ claims })}` })
    return status === 200 ? 'accepted' : body.reason
  }

  it('when they proved who they are; one from before that was told has nothing recent', async () => {
    expect(await says(proved, { auth_time: now() })).toBe('accepted')
    expect(await says(proved, { auth_time: now() - 601 })).toBe('request.step_up_required')
    expect(await says(proved, { auth_time: undefined })).toBe('request.step_up_required')
    expect(await says(themself, { auth_time: undefined })).toBe('accepted')
  })

  it('which operator acts as them, if one does', async () => {
    const acting = { auth_time: now(), act: { sub: newId() } }
    for (const path of [proved, themself]) expect(await says(path, acting)).toBe('request.impersonating')
    expect(await says(themself, { act: undefined })).toBe('accepted')
  })
})

describe('a token with', () => {
  const bodies = new Set<string>()

  it.each(Object.entries(almostRight))('%s is refused', async (_, make) => {
    const token = make()
    // The third time is the second for what may be remembered of a token.
    for (const answer of [await asBearer(token), await asCookie(token), await asBearer(token)]) {
      expect(answer).toMatchObject({ status: 401, body: { reason: 'request.token_invalid' } })
      bodies.add(JSON.stringify(answer.body))
    }
  })

  it('whatever wrong in it is refused in the same words', () => {
    expect([...bodies]).toHaveLength(1)
  })

  it('anything wrong in it makes nobody of whoever calls what everybody may', async () => {
    const token = forge({ claims: { aud: 'elsewhere' } })
    expect((await ask('/v1/ping/echo?text=x', { authorization: `Bearer ${token}` })).status).toBe(200)
  })
})

describe('a good token whose', () => {
  const sequence = () => world.revocations.length + 1
  const reason = async (token: string) => (await asBearer(token)).body.reason ?? 'accepted'
  const ends = (token: string) =>
    until(
      () => reason(token),
      (says) => says !== 'accepted',
      5_000,
    )

  it('session was ended is refused, and the same person elsewhere is not', async () => {
    const [here, elsewhere] = [
      { ...identity, sessionId: newId() },
      { ...identity, sessionId: newId() },
    ]
    const [token, other] = [tokenFor(here), tokenFor(elsewhere)]
    for (const good of [token, other]) expect(await reason(good)).toBe('accepted')
    world.revocations.push({
      sequence: sequence(),
      sessionId: here.sessionId,
      userId: null,
      minimumVersion: null,
      apiKeyId: null,
    })
    expect(await ends(token)).toBe('request.session_ended')
    expect(await reason(other)).toBe('accepted')
  })

  it('version is too low (a role, a password, a suspension, a removal since) is refused, and a newer one is not', async () => {
    const person = { ...identity, userId: newId(), sessionId: newId() }
    const [old, renewed] = [tokenFor(person), tokenFor({ ...person, sessionVersion: 4 })]
    for (const good of [old, renewed]) expect(await reason(good)).toBe('accepted')
    world.revocations.push({
      sequence: sequence(),
      sessionId: null,
      userId: person.userId,
      minimumVersion: 4,
      apiKeyId: null,
    })
    expect(await ends(old)).toBe('request.session_ended')
    expect(await reason(renewed)).toBe('accepted')
  })
})

describe('the internal port', () => {
  const call = async (token: string | undefined, operation = 'echo') => {
    const response = await fetch(`http://127.0.0.1:${world.servers[0]?.internalPort}/internal/pong/${operation}`, {
      method: 'POST',
      body: JSON.stringify({ text: 'x' }),
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    })
    const { reason } = (await response.json()) as { reason?: string }
    return `${response.status} ${reason}`
  }
  const key = () => world.env.INTERNAL_KEY as string
  const internal = { alg: 'HS256', typ: 'lightpress-call+jwt' }
  const about = () => ({
    iss: 'ping',
    aud: 'pong.echo',
    caller: { identity: null, apiKey: null, service: null },
    request: { requestId: newId(), traceparent: '', ip: null, userAgent: null, idempotencyKey: null },
    budget: 1_000,
    iat: now(),
    exp: now() + 60,
  })

  function signCall({ header, claims, secret = Buffer.from(key(), 'base64') }: CallBend = {}): string {
    const signed = `${encode({ ...internal, ...header })}.${encode({ ...about(), ...claims })}`
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
  }
  interface CallBend {
    header?: Part
    claims?: Part
    secret?: string | Buffer
  }

  it('takes a call that a neighbour signed for it', async () => {
    const { caller, request, budget } = about()
    const signed = createInternalTokens(key()).sign({ from: 'ping', operation: 'pong.echo', caller, request, budget })
    expect(await call(signed)).toBe('200 undefined')
    expect(await call(signCall())).toBe('200 undefined')
  })

  it.each<[string, () => string | undefined]>([
    ['nothing', () => undefined],
    ['an access token', () => forge()],
    ['an access token for the operation', () => forge({ claims: { ...about() } })],
    ['an access token that names its type', () => forge({ header: { typ: internal.typ }, claims: { ...about() } })],
    ['a call for another operation', () => signCall({ claims: { aud: 'pong.refuse' } })],
    ['a call for several operations', () => signCall({ claims: { aud: ['pong.echo', 'pong.refuse'] } })],
    ['a call for none', () => signCall({ claims: { aud: undefined } })],
    ['a call of nobody', () => signCall({ claims: { iss: undefined } })],
    ['a call of another type', () => signCall({ header: { typ: accessToken.type } })],
    ['a call without a type', () => signCall({ header: { typ: undefined } })],
    ['a call of a minute ago', () => signCall({ claims: { iat: now() - 61, exp: now() - 1 } })],
    ['a call without an end', () => signCall({ claims: { exp: undefined } })],
    ['a call of another environment', () => signCall({ secret: Buffer.alloc(32, 7) })],
    ['a call signed with the text of the key', () => signCall({ secret: key() })],
    ['a call with the public key of access tokens', () => signCall({ secret: pem })],
    ['an unsigned call', () => `${encode({ ...internal, alg: 'none' })}.${encode(about())}.`],
    ['a call whose signature is gone', () => parts(signCall()).slice(0, 2).join('.') + '.'],
    ['a call under another algorithm', () => signCall({ header: { alg: 'HS512' } })],
  ])('does not take %s', async (_, make) => {
    expect(await call(make())).toBe('401 seam.token_invalid')
  })

  it('has signed nothing that lets anybody in from outside', async () => {
    for (const token of [signCall(), signCall({ header: { typ: accessToken.type, kid: 'one' }, claims: goodClaims() })])
      expect(await asBearer(token)).toMatchObject({ status: 401, body: { reason: 'request.token_invalid' } })
  })
})
