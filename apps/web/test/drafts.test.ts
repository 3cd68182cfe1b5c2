import { afterEach, expect, it, vi } from 'vitest'
import { dropDraft, dropDrafts, dropDraftsOfOthers, keepDraft, readDraft } from '../src/ui/drafts.ts'
import { storage } from './storage.ts'

const profile = { form: 'profile', owner: 'ada' }
const signUp = { form: 'sign-up' }

afterEach(() => {
  vi.unstubAllGlobals()
})

it('keeps what was typed, for each form and person, until it is sent', () => {
  vi.stubGlobal('sessionStorage', storage())
  keepDraft(profile, { name: 'Augusta' })
  keepDraft(signUp, { email: 'ada@example.com' })
  dropDraft(profile)
  expect([readDraft(profile), readDraft(signUp)]).toEqual([{}, { email: 'ada@example.com' }])
})

it('leaves nothing after a sign-out, and nothing of others to the next person', () => {
  vi.stubGlobal('sessionStorage', storage({ else: 'stays' }))
  keepDraft(profile, { name: 'Augusta' })
  keepDraft({ ...profile, owner: 'grace' }, { name: 'Amazing' })
  keepDraft(signUp, { email: 'ada@example.com' })
  dropDraftsOfOthers('ada')
  expect(Object.keys(sessionStorage)).toEqual(['else', 'draft:ada:profile'])
  dropDrafts()
  expect(Object.keys(sessionStorage)).toEqual(['else'])
})

it('costs nobody the form where storage is forbidden', () => {
  vi.stubGlobal('sessionStorage', undefined)
  keepDraft(profile, { name: 'Augusta' })
  expect(readDraft(profile)).toEqual({})
  for (const drop of [() => dropDraft(profile), dropDrafts, () => dropDraftsOfOthers('ada')]) expect(drop).not.toThrow()
})
