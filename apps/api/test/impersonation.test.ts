import { auth } from '@lightpress/auth-contract'
import { readContracts } from '@lightpress/ci'
import { anonymous, refusal, type Caller, type Identity } from '@lightpress/protocol'
import { describe, expect, it } from 'vitest'

const contracts = (await readContracts()).map(({ contract }) => contract)

/** Somebody may do anything at all, and has just proved who they are: but it is an operator who acts as them. */
const identity: Identity = {
  userId: '01900000-0000-7000-8000-000000000003',
  sessionId: '01900000-0000-7000-8000-00000000000a',
  sessionVersion: 0,
  organizationId: '01900000-0000-7000-8000-00000000000b',
  role: 'owner',
  operator: true,
  authenticatedAt: Date.now() / 1000,
  impersonatorId: '01900000-0000-7000-8000-000000000001',
}
const impersonated: Caller = { ...anonymous, identity }
const themself: Caller = { ...anonymous, identity: { ...identity, impersonatorId: null } }

const operations = contracts.flatMap(({ name, operations }) =>
  Object.entries(operations).map(([operation, declared]) => ({ name: `${name}.${operation}`, declared })),
)
/** What takes somebody who is signed in. */
const personal = operations.filter(({ declared }) => !['public', 'signed', 'service'].includes(declared.access))
const changing = personal.filter(({ declared }) => declared.kind === 'command' || declared.kind === 'raw')
const refused = personal.filter(({ declared }) => refusal(declared, impersonated) !== null).map(({ name }) => name)

/** Of what changes something: that which is about proving who somebody is, who they are, and how long they stay. */
const theirs =
  /^auth\.(stepUp|start|enroll|confirm|disable|create|register|rename|remove|link|unlink|change|cancel|end|revoke|impersonate)|^users\.(delete|erase|transfer)|^notifications\.(create|update|delete|rotate)Webhook/
/** Ends what the operator does, whichever session it is; and is how they leave. */
const open = ['auth.endImpersonation']

describe('an operator who acts as somebody', () => {
  it('cannot change what proves who the person is, their address, their sessions or their keys', () => {
    const expected = changing.map(({ name }) => name).filter((name) => theirs.test(name) && !open.includes(name))
    expect(expected.length).toBeGreaterThan(20)
    expect(expected.filter((name) => !refused.includes(name))).toEqual([])
  })

  it('cannot act as somebody further, even if the person were an operator', () => {
    expect(refusal(auth.operations.impersonate, impersonated)).toBe('impersonating')
    expect(refusal(auth.operations.impersonate, themself)).toBeNull()
  })

  it('is refused by what is declared, and by nothing else', () => {
    for (const { name, declared } of personal) {
      expect(refusal(declared, themself), name).toBeNull()
      expect(refusal(declared, impersonated), name).toBe(declared.assurance === undefined ? null : 'impersonating')
    }
  })

  it('can end it, sign out, and look at everything but what is to be handed over or erased', () => {
    expect(refused).not.toContain('auth.endImpersonation')
    expect(refused).not.toContain('auth.signOut')
    const closed = personal.filter(({ declared }) => declared.kind === 'query' && declared.assurance !== undefined)
    expect(closed.map(({ name }) => name).sort()).toEqual([
      'users.listExports',
      'users.listMyExports',
      'users.previewErasure',
      'users.previewMyErasure',
    ])
  })

  it('changes nothing about people and organisations', () => {
    const theirOwn = changing.filter(({ name, declared }) => name.startsWith('users.') && declared.access === 'user')
    expect(theirOwn.length).toBeGreaterThan(15)
    expect(theirOwn.filter(({ name }) => !refused.includes(name))).toEqual([])
  })

  it('gets no secret of a webhook, and leaves none where it is', () => {
    const closed = refused.filter((name) => name.includes('Webhook'))
    expect(closed.sort()).toEqual([
      'notifications.createWebhookEndpoint',
      'notifications.deleteWebhookEndpoint',
      'notifications.rotateWebhookSecret',
      'notifications.updateWebhookEndpoint',
    ])
  })

  it('leaves open, of what changes something in notifications, only these', () => {
    const left = changing.filter(({ name }) => name.startsWith('notifications.') && !refused.includes(name))
    expect(left.map(({ name }) => name).sort()).toEqual([
      'notifications.replayMissedWebhooks',
      'notifications.replayWebhookDelivery',
      'notifications.streamNotifications',
      'notifications.testWebhookEndpoint',
    ])
  })

  it('leaves open, of what changes something in auth, only these', () => {
    const left = changing.filter(({ name }) => name.startsWith('auth.') && !refused.includes(name))
    expect(left.map(({ name }) => name).sort()).toEqual([
      'auth.endImpersonation',
      'auth.exportAudit',
      'auth.signOut',
      'auth.switchOrganization',
    ])
  })
})
