import { describe, expect, it } from 'vitest'
import { OidcProviders } from '../src/oidc-config.ts'

const google = { id: 'google', name: 'Google', issuer: 'https://accounts.google.com', clientId: 'x' }
const secret = 'never-to-be-seen'

function parse(entries: unknown) {
  return OidcProviders.safeParse(typeof entries === 'string' ? entries : JSON.stringify(entries))
}

function problemOf(entries: unknown): string {
  const { error, data } = parse(entries)
  if (!error) throw new Error(`It was taken: ${JSON.stringify(data)}`)
  return error.issues.map(({ message }) => message).join('; ')
}

describe('OIDC_PROVIDERS', () => {
  it('is nobody by default', () => {
    expect([OidcProviders.parse(undefined), OidcProviders.parse('[]')]).toEqual([[], []])
  })

  it('has defaults for what is the same everywhere', () => {
    expect(parse([google, { ...google, id: 'b', clientSecret: secret }]).data).toEqual([
      { ...google, scopes: 'openid email profile', tokenEndpointAuthMethod: 'none' },
      {
        ...google,
        id: 'b',
        clientSecret: secret,
        scopes: 'openid email profile',
        tokenEndpointAuthMethod: 'client_secret_basic',
      },
    ])
  })

  it.each(['http://localhost:4006', 'http://127.0.0.1:4006/oauth2/default', 'http://[::1]:1'])(
    'takes plain HTTP from this machine: %s',
    (issuer) => {
      expect(parse([{ ...google, issuer }]).success).toBe(true)
    },
  )

  it.each<[string, unknown, string]>([
    ['text that is no JSON', `[{"clientSecret":"${secret}"`, 'it must be a JSON array, on one line'],
    ['an object', google, 'it must be a JSON array, on one line'],
    ['an entry that is none', [null], 'entry 1: entry: Invalid input'],
    [
      'plain HTTP from elsewhere',
      [{ ...google, issuer: 'http://idp.example.com' }],
      'entry 1 (google): issuer: must begin with https://',
    ],
    ['an issuer that is none', [google, { ...google, id: 'b', issuer: 'idp' }], 'entry 2 (b): issuer: Invalid URL'],
    ['an issuer with a query', [{ ...google, issuer: 'https://idp.example.com/?x' }], 'issuer: must have no query'],
    ['an id that is no path', [{ ...google, id: 'a/b' }], 'entry 1: id: must be lower-case letters'],
    ['an id twice', [google, google], 'two entries have the id google'],
    ['a field that there is none of', [{ ...google, secret }], 'entry 1 (google): entry: Unrecognized key: "secret"'],
    ['a missing field', [{ id: 'x', clientSecret: secret }], 'entry 1 (x): name: Invalid input'],
    ['a secret that is none', [{ ...google, clientSecret: [secret] }], 'entry 1 (google): clientSecret: Invalid input'],
    [
      'scopes that ask for nobody',
      [{ ...google, scopes: 'email' }],
      'entry 1 (google): scopes: must have openid among them',
    ],
    [
      'a secret that is missing',
      [{ ...google, tokenEndpointAuthMethod: 'client_secret_post' }],
      'entry 1 (google): clientSecret: must be there',
    ],
    [
      'a method that there is none of',
      [{ ...google, tokenEndpointAuthMethod: secret }],
      'entry 1 (google): tokenEndpointAuthMethod: Invalid option',
    ],
  ])('refuses %s, by entry and field, and repeats no secret', (_, entries, problem) => {
    const said = problemOf(entries)
    expect(said).toContain(problem)
    expect(said).not.toContain(secret)
  })
})
