import { expect, it } from 'vitest'
import { problemWords } from '../src/screens/sign-in/problem-words.ts'
import { connectPath, isConnectPath, providerPath } from '../src/screens/sign-in/provider-paths.ts'

it('has a provider lead back to where the session is noted, and from there to what was wanted', () => {
  const url = new URL(providerPath('google', '/billing?interval=year'), 'https://product.example')
  expect(url.pathname).toBe('/v1/auth/oidc/google/start')
  const arrival = new URL(url.searchParams.get('next') ?? '', url)
  expect(arrival.pathname).toBe('/sign-in/arrived')
  expect(arrival.searchParams.get('next')).toBe('/billing?interval=year')
})

it('leads to it once, however often it is tried', () => {
  const next = new URLSearchParams(providerPath('google', '/billing').split('?')[1]).get('next') ?? ''
  expect(providerPath('google', next)).toBe(providerPath('google', '/billing'))
})

it('knows the way by linking from every other', () => {
  expect(isConnectPath(connectPath('google', '/billing'))).toBe(true)
  expect(['/sign-in', '/billing', undefined].some(isConnectPath)).toBe(false)
})

it('has words for each problem, and for one that only a newer server knows', () => {
  const problems = ['provider_denied', 'link_expired', 'email_unverified', 'account_exists', 'suspended']
  const more = ['already_linked', 'second_factor_required', 'too_many_attempts', 'provider_failed']
  const titles = [...problems, ...more].map((problem) => problemWords(problem, 'Google').title)
  expect(new Set(titles).size).toBe(titles.length)
  expect(problemWords('toString', 'Google')).toEqual(problemWords('provider_failed', 'Google'))
  expect(problemWords('provider_failed', 'the provider').title).toBe('The provider could not sign you in')
})
