import { createHash, createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import type { NewPasskey, PasskeyAnswer } from '@lightpress/auth-contract'

// An authenticator of WebAuthn Level 3 and the browser in front of it, with real keys (ES256). It obeys whoever asks:
// what a good one would refuse to do, such as to answer for another site, can be asked of it, too.

/** Of the options that a browser is given, what this one minds. */
export interface CreationOptions {
  challenge: string
  rp: { id: string }
  user: { id: string }
}
export interface RequestOptions {
  challenge: string
  rpId: string
  allowCredentials?: { id: string }[]
}

/** What may be otherwise than it was asked for. */
export interface Twist {
  origin?: string
  rpId?: string
  challenge?: string
  type?: string
  crossOrigin?: boolean
  userPresent?: boolean
  verifiesUser?: boolean
  count?: number
  userHandle?: string | null
  /** Signs with another key than the one that was registered. */
  forged?: boolean
  /** Of a new passkey's own name. */
  idBytes?: number
  /** Has a new passkey sign itself (`packed`, without certificates). */
  signsItself?: boolean
}

interface Credential {
  id: string
  privateKey: KeyObject
  rpId: string
  userHandle: string
  count: number
}

interface Make {
  aaguid?: string
  /** Copies its keys to other devices; those count nothing. */
  synced?: boolean
  verifiesUser?: boolean
}

const FLAGS = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40 }

export function createAuthenticator({
  aaguid = '00000000-0000-0000-0000-000000000000',
  synced = false,
  verifiesUser = true,
}: Make = {}) {
  const credentials: Credential[] = []

  function flagsOf(twist: Twist, more = 0): number {
    return (
      (twist.userPresent === false ? 0 : FLAGS.userPresent) |
      ((twist.verifiesUser ?? verifiesUser) ? FLAGS.userVerified : 0) |
      (synced ? FLAGS.backupEligible | FLAGS.backedUp : 0) |
      more
    )
  }

  return {
    credentials,

    /** `navigator.credentials.create()` on a page of `origin`. */
    create(options: CreationOptions, origin: string, twist: Twist = {}): NewPasskey {
      const { publicKey, privateKey } = newKey()
      const id = randomBytes(twist.idBytes ?? 32)
      const rpId = twist.rpId ?? options.rp.id
      const count = twist.count ?? 0
      credentials.push({ id: base64Url(id), privateKey, rpId, userHandle: options.user.id, count })
      const authData = Buffer.concat([
        sha256(rpId),
        Buffer.from([flagsOf(twist, FLAGS.attested)]),
        uint32(count),
        Buffer.from(aaguid.replaceAll('-', ''), 'hex'),
        uint16(id.length),
        id,
        encodeCbor(coseKeyOf(publicKey)),
      ])
      const clientDataJSON = clientDataOf('webauthn.create', options.challenge, origin, twist)
      const signature = () => sign(twist.forged ? newKey().privateKey : privateKey, authData, clientDataJSON)
      const statement: [string, Cbor][] = twist.signsItself
        ? [
            ['alg', -7],
            ['sig', signature()],
          ]
        : []
      const attestation = new Map<string, Cbor>([
        ['fmt', twist.signsItself ? 'packed' : 'none'],
        ['attStmt', new Map(statement)],
        ['authData', authData],
      ])
      return {
        id: base64Url(id),
        rawId: base64Url(id),
        type: 'public-key',
        response: {
          clientDataJSON,
          attestationObject: base64Url(encodeCbor(attestation)),
          transports: ['internal'],
        },
      }
    },

    /** `navigator.credentials.get()` on a page of `origin`. */
    get(options: RequestOptions, origin: string, twist: Twist = {}): PasskeyAnswer {
      const allowed = new Set(options.allowCredentials?.map(({ id }) => id))
      const used = credentials.find(({ id }) => allowed.size === 0 || allowed.has(id))
      if (!used) throw new Error('This authenticator has none of the passkeys that it was asked for')
      if (!synced) used.count += 1
      const authenticatorData = Buffer.concat([
        sha256(twist.rpId ?? used.rpId),
        Buffer.from([flagsOf(twist)]),
        uint32(twist.count ?? used.count),
      ])
      const clientDataJSON = clientDataOf('webauthn.get', options.challenge, origin, twist)
      const key = twist.forged ? newKey().privateKey : used.privateKey
      const signature = sign(key, authenticatorData, clientDataJSON)
      return {
        id: used.id,
        rawId: used.id,
        type: 'public-key',
        response: {
          clientDataJSON,
          authenticatorData: base64Url(authenticatorData),
          signature: base64Url(signature),
          userHandle: twist.userHandle === undefined ? used.userHandle : twist.userHandle,
        },
      }
    },
  }
}
export type Authenticator = ReturnType<typeof createAuthenticator>

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function sign(key: KeyObject, authenticatorData: Buffer, clientDataJSON: string): Buffer {
  const hash = sha256(Buffer.from(clientDataJSON, 'base64url'))
  return createSign('sha256').update(authenticatorData).update(hash).sign(key)
}

function clientDataOf(type: string, challenge: string, origin: string, twist: Twist): string {
  const data = {
    type: twist.type ?? type,
    challenge: twist.challenge ?? challenge,
    origin: twist.origin ?? origin,
    crossOrigin: twist.crossOrigin ?? false,
  }
  return base64Url(Buffer.from(JSON.stringify(data)))
}

/** RFC 9053, 7.1.1: an elliptic curve key (2) for ES256 (-7) on P-256 (1), and its point. */
function coseKeyOf(publicKey: KeyObject): Map<number, Cbor> {
  const { x, y } = publicKey.export({ format: 'jwk' }) as { x: string; y: string }
  return new Map<number, Cbor>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ])
}

export type Cbor = number | string | Uint8Array | Map<number, Cbor> | Map<string, Cbor>

/** As much of RFC 8949 as an authenticator writes. */
export function encodeCbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? cborHead(0, value) : cborHead(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([cborHead(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([cborHead(2, value.length), value])
  const pairs = [...value].flatMap(([key, item]) => [encodeCbor(key), encodeCbor(item)])
  return Buffer.concat([cborHead(5, value.size), ...pairs])
}

function cborHead(major: number, count: number): Buffer {
  const type = major << 5
  if (count < 24) return Buffer.from([type | count])
  if (count < 0x100) return Buffer.from([type | 24, count])
  return Buffer.concat([Buffer.from([type | 25]), uint16(count)])
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}

export function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
