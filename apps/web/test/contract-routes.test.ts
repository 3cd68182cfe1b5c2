import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import { expect, it } from 'vitest'
import { sourceOf } from '../build/contract-routes.ts'

it('gives the browser method, path and whether a session is needed', async () => {
  const routes = await load(sourceOf(auth))
  expect(routes.signIn).toEqual({ method: 'POST', path: '/v1/auth/sign-in', open: true })
  expect(routes.signOut).toEqual({ method: 'POST', path: '/v1/auth/sign-out', open: false })
})

it('leaves out what no browser calls: other services and signed webhooks', async () => {
  expect(Object.keys(await load(sourceOf(auth)))).not.toContain('readRegistrationMail')
  expect(Object.keys(await load(sourceOf(auth)))).toContain('listAudit')
  expect(Object.keys(await load(sourceOf(billing)))).not.toContain('stripeWebhook')
  expect(Object.keys(await load(sourceOf(billing)))).toContain('listPlans')
})

async function load(source: string): Promise<Record<string, unknown>> {
  const module = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as { routes: object }
  return { ...module.routes }
}
