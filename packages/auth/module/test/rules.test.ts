import { seed } from '@lightpress/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGate } from '../src/gate.ts'
import { createLinkToken, parseLinkToken } from '../src/links.ts'
import { networkOf, preferredLocale } from '../src/normalise.ts'
import { createPasswords } from '../src/passwords.ts'
import { expiryOf, GRACE, judge } from '../src/rotation.ts'
import { createSecrets } from '../src/secrets.ts'
import { chooseSigningKey } from '../src/signing-keys.ts'
import { environment } from './support.ts'

describe('a refresh token', () => {
  const used = new Date('2026-01-01T12:00:00Z')
  const after = (milliseconds: number) => new Date(used.getTime() + milliseconds)
  const later = after(1_000_000)
  const day = 86_400_000

  it.each([
    ['fresh while unused', { usedAt: null, expiresAt: later }, after(0), 'fresh'],
    ['repeated to the last millisecond of the grace', { usedAt: used, expiresAt: later }, after(GRACE), 'repeated'],
    ['replayed one millisecond after it', { usedAt: used, expiresAt: later }, after(GRACE + 1), 'replayed'],
    ['repeated for a machine whose clock is behind', { usedAt: used, expiresAt: later }, after(-500), 'repeated'],
    ['expired at its expiry', { usedAt: null, expiresAt: later }, later, 'expired'],
    ['expired rather than replayed when both', { usedAt: used, expiresAt: later }, later, 'expired'],
  ] as const)('is %s', (_, token, now, verdict) => {
    expect(judge({ ...token, begunAt: used, endsAt: null }, now)).toBe(verdict)
  })

  it('is good to the last millisecond of ninety days of its session, whatever it says itself', () => {
    const token = { usedAt: null, expiresAt: after(200 * day), begunAt: used, endsAt: null }
    expect(judge(token, after(90 * day - 1))).toBe('fresh')
    expect(judge(token, after(90 * day))).toBe('expired')
  })

  it.each([
    ['thirty days after it is made', 0, 30],
    ['thirty days after it is made, the last time that fits', 60, 90],
    ['with its session', 75, 90],
    ['at once when its session is over', 90, 90],
  ])('expires %s', (_, madeOn, expiresOn) => {
    expect(expiryOf({ begunAt: used, endsAt: null }, after(madeOn * day))).toEqual(after(expiresOn * day))
  })

  it('is good no longer than a session that was given for less', () => {
    const span = { begunAt: used, endsAt: after(day) }
    expect(expiryOf(span, used)).toEqual(after(day))
    expect(judge({ ...span, usedAt: null, expiresAt: after(2 * day) }, after(day - 1))).toBe('fresh')
    expect(judge({ ...span, usedAt: null, expiresAt: after(2 * day) }, after(day))).toBe('expired')
  })
})

describe('the language of a mail', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['ja, fr;q=0.4, de;q=0.5', 'de'],
    ['de;q=0, fr;q=0.1', 'fr'],
    ['*', 'en'],
    [';;;,q=,-', 'en'],
  ])('for %j is %s', (header, locale) => {
    expect(preferredLocale(header)).toBe(locale)
  })
})

describe('the network of an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['0:0:0:0:0:FFFF:192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7%eth0', '192.0.2.7'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
    ['', ''],
    ['1.2.3', '1.2.3'],
  ])('of %s is %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network)
  })

  it('is the same for every spelling of an address, and for all that share its first 64 bits', () => {
    const groups = fc.array(fc.integer({ min: 1, max: 0xffff }), { minLength: 8, maxLength: 8 })
    const hosts = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(groups, hosts, fc.nat(3), (all, others, zero) => {
        const numbers = all.with(zero, 0).with(4, 0).with(5, 0)
        const network = networkOf(numbers.map((number) => number.toString(16)).join(':'))
        const hex = (list: number[], width = 0) =>
          list.map((number) => number.toString(16).padStart(width, '0')).join(':')
        const quad = numbers
          .slice(6)
          .map((number) => `${number >> 8}.${number & 0xff}`)
          .join('.')
        for (const spelling of [
          hex(numbers, 4).toUpperCase(),
          `${hex(numbers.slice(0, 4))}::${hex(numbers.slice(6))}`,
          `${hex(numbers)}%en0`,
          `${hex(numbers.slice(0, 6))}:${quad}`,
          hex([...numbers.slice(0, 4), ...others]),
        ])
          expect(networkOf(spelling), spelling).toBe(network)
      }),
      { seed },
    )
  })

  it('is something for whatever stands there', () => {
    const rubbish = fc.oneof(fc.string(), fc.ipV6(), fc.stringMatching(/^[\da-f:.%]{0,40}$/))
    fc.assert(
      fc.property(rubbish, (text) => typeof networkOf(text) === 'string'),
      { seed },
    )
  })
})

describe('the signing key', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour))
  const old = { activatesAt: at(8) }
  const young = { activatesAt: at(10) }
  const coming = { activatesAt: at(12) }

  it('is the youngest that is active', () => {
    expect(chooseSigningKey([coming, old, young], at(11))).toBe(young)
    expect(chooseSigningKey([coming, old, young], at(12))).toBe(coming)
  })

  it('is the first to come for a machine whose clock is behind', () => {
    expect(chooseSigningKey([young, old], at(7))).toBe(old)
  })
})

describe('the token of a link', () => {
  const secrets = createSecrets(environment.AUTH_KEY_ENCRYPTION_KEY)
  const purposes = [
    'registration-token',
    'password-reset-token',
    'email-change-old-token',
    'email-change-new-token',
  ] as const
  const id = '01900000-0000-7000-8000-000000000009'
  const token = createLinkToken('registration-token', id, secrets)

  it.each(purposes)('of the kind %s tells which row it is about, and is of no other kind', (purpose) => {
    const ours = createLinkToken(purpose, id, secrets)
    for (const other of purposes) expect(parseLinkToken(other, ours, secrets)).toBe(other === purpose ? id : undefined)
  })

  it.each(['', '.', id, `${id}.`, `${token}x`, token.slice(0, -1), `${token}.x`, token.toUpperCase()])(
    'is not %j',
    (forged) => {
      expect(parseLinkToken('registration-token', forged, secrets)).toBeUndefined()
    },
  )

  it('of another environment is not ours', () => {
    const other = createSecrets(Buffer.alloc(32, 7).toString('base64'))
    const theirs = createLinkToken('registration-token', id, other)
    expect(parseLinkToken('registration-token', theirs, secrets)).toBeUndefined()
  })
})

describe('passwords', () => {
  it('are hashed with argon2id at 19 MiB, two passes, one lane', async () => {
    const passwords = await createPasswords()
    expect(await passwords.hash('correct horse')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('match whichever way a keyboard composes them, and only themselves', async () => {
    const passwords = await createPasswords()
    const stored = await passwords.hash('caf\u00e9 au lait')
    expect(await passwords.matches(stored, 'cafe\u0301 au lait')).toBe(true)
    expect(await passwords.matches(stored, 'cafe au lait')).toBe(false)
    // Folding compatible forms as well (NFKC) would make these the same.
    expect(await passwords.matches(await passwords.hash('\uff43\uff41\uff46\u00e9'), 'caf\u00e9')).toBe(false)
  })

  it('match nobody without a hash', async () => {
    const passwords = await createPasswords()
    expect(await passwords.matches(undefined, '')).toBe(false)
  })
})

describe('a gate', () => {
  it('runs so many at once, in order, and refuses whom it has no room for', async () => {
    const pass = createGate({ running: 2, waiting: 2 })
    const begun: number[] = []
    const doors = Array.from({ length: 4 }, () => Promise.withResolvers<void>())
    const runs = doors.map((door, index) =>
      pass(async () => {
        begun.push(index)
        await door.promise
      }),
    )
    await expect(pass(async () => undefined)).rejects.toMatchObject({ code: 'unavailable', reason: 'auth.busy' })
    expect(begun).toEqual([0, 1])
    doors[1]!.resolve()
    await runs[1]
    expect(begun).toEqual([0, 1, 2])
    for (const door of doors) door.resolve()
    await Promise.all(runs)
    expect(begun).toEqual([0, 1, 2, 3])
  })

  it('goes on after a failure, and does not begin what nobody waits for any more', async () => {
    const pass = createGate({ running: 1, waiting: 5 })
    const failing = pass(() => Promise.reject(new Error('no')))
    const given = new AbortController()
    let begun = false
    const late = pass(async () => (begun = true), given.signal)
    given.abort(new Error('given up'))
    await expect(failing).rejects.toThrow('no')
    await expect(late).rejects.toThrow('given up')
    expect(begun).toBe(false)
    expect(await pass(async () => 'still open')).toBe('still open')
  })
})
