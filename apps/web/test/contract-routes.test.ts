import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import { expect, it } from 'vitest'
import { sourceOf } from '../build/contract-routes.ts'

it('gives the browser method, path and whether a session is needed', async () => {
  const routes = await load(sourceOf([auth]))
  expect(routes.auth?.signIn).toEqual({ method: 'POST', path: '/v1/auth/sign-in', open: true })
  expect(routes.auth?.signOut).toEqual({ method: 'POST', path: '/v1/auth/sign-out', open: false })
})

it('leaves out what no browser calls: other services and signed webhooks', async () => {
  const routes = await load(sourceOf([auth, billing]))
  expect(Object.keys(routes.auth ?? {})).not.toContain('readRegistrationMail')
  expect(Object.keys(routes.billing ?? {})).not.toContain('stripeWebhook')
  expect(Object.keys(routes.billing ?? {})).toContain('listPlans')
})

async function load(source: string): Promise<Record<string, Record<string, unknown>>> {
  return (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as Record<string, Record<string, unknown>>
}
