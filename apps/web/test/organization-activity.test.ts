import { type Activity, ActivityAction } from '@lightpress/users-contract'
import { describe, expect, it } from 'vitest'
import { parseFilter, toActivityFilter } from '../src/screens/organization-activity/filter.ts'
import { activityActions, type Part, sentenceOf } from '../src/screens/organization-activity/sentence.ts'

const ada = { id: '0198f3a0-0000-7000-8000-000000000001', name: 'Ada' }
const grace = { id: '0198f3a0-0000-7000-8000-000000000002', name: 'Grace', email: 'grace@example.com' }
const activity = (action: Activity['action'], about: Partial<Activity> = {}): Activity => ({
  id: '0198f3a0-0000-7000-8000-000000000003',
  at: '2026-11-20T10:00:00.000Z',
  action,
  actor: ada,
  byProgram: false,
  impersonated: false,
  person: null,
  webhookEndpointId: null,
  role: null,
  formerRole: null,
  name: null,
  formerName: null,
  ...about,
})
function words(part: Part): string {
  if (typeof part === 'string') return part
  return 'strong' in part ? part.strong : 'words' in part ? part.words : part.name
}
const told = (action: Activity['action'], about?: Partial<Activity>) =>
  sentenceOf(activity(action, about)).map(words).join('')

describe('sentences', () => {
  it.each([
    ['Ada created the organisation Acme', told('organization_created', { name: 'Acme' })],
    ['Ada renamed it from Acme to Acme Ltd', told('organization_renamed', { formerName: 'Acme', name: 'Acme Ltd' })],
    [
      'Ada invited new@example.com as an admin',
      told('member_invited', { person: { id: null, name: null, email: 'new@example.com' }, role: 'admin' }),
    ],
    ['Grace joined as a member', told('member_joined', { actor: grace, person: grace, role: 'member' })],
    [
      'Ada made Grace an admin, before that a member',
      told('role_changed', { person: grace, role: 'admin', formerRole: 'member' }),
    ],
    [
      'Ada became an admin, before that an owner',
      told('role_changed', { person: { ...ada, email: null }, role: 'admin', formerRole: 'owner' }),
    ],
    ['Ada handed the organisation on to Grace', told('ownership_transferred', { person: grace })],
    ['Lightpress suspended the organisation', told('organization_suspended', { actor: null })],
    ['Ada gave a webhook endpoint another URL', told('webhook_repointed')],
    ['An API key added a webhook endpoint', told('webhook_added', { actor: null, byProgram: true })],
    ['Lightpress disabled a webhook endpoint', told('webhook_disabled', { actor: null })],
  ])('%s', (expected, sentence) => expect(sentence).toBe(expected))

  it('leads from somebody to them among the members, and from who is gone to nowhere', () => {
    expect(sentenceOf(activity('member_removed', { person: grace }))).toEqual([
      { name: 'Ada', look: 'Ada' },
      ' removed ',
      { name: 'Grace', look: 'grace@example.com' },
    ])
    const gone = { id: grace.id, name: null, email: null }
    expect(sentenceOf(activity('member_removed', { actor: { ...ada, name: null }, person: gone }))).toEqual([
      { name: 'Somebody who is gone' },
      ' removed ',
      { name: 'somebody who is gone' },
    ])
  })

  it('lead to an endpoint while there may be one', () => {
    const about = { webhookEndpointId: '0198f3a0-0000-7000-8000-000000000004' }
    const href = `/organization/webhooks/${about.webhookEndpointId}`
    expect(sentenceOf(activity('webhook_enabled', about)).at(-1)).toEqual({ words: 'a webhook endpoint', href })
    expect(sentenceOf(activity('webhook_deleted', about)).at(-1)).toBe(' deleted a webhook endpoint')
  })

  it('are there for all that a server can tell, and for what a newer one may tell', () => {
    for (const action of ActivityAction.options) expect(told(action).length).toBeGreaterThan(6)
    expect(activityActions.map(({ value }) => value).toSorted()).toEqual(ActivityAction.options.toSorted())
    expect(told('moved_to_the_moon' as Activity['action'])).toBe('Ada changed something')
  })
})

describe('the filter', () => {
  it('has days of the person’s zone, both of them whole', () => {
    expect(toActivityFilter({ from: '2026-11-20', until: '2026-11-20' }, 'America/New_York')).toEqual({
      from: '2026-11-20T05:00:00.000Z',
      until: '2026-11-21T05:00:00.000Z',
    })
  })

  it('leaves out what there is not', () => {
    expect(toActivityFilter({ action: 'nonsense', actor: 'nobody', from: 'soon', until: '' }, 'UTC')).toEqual({})
    expect(parseFilter({ action: ['a', 'b'], actor: '', cursor: 'x' })).toEqual({})
  })

  it('asks for what is chosen', () => {
    expect(toActivityFilter(parseFilter({ action: 'member_left', actor: ada.id }), 'UTC')).toEqual({
      action: 'member_left',
      actorId: ada.id,
    })
  })
})
