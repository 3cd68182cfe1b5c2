import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { registerCards } from './card-routes.ts'
import { registerDetails } from './details-routes.ts'
import { flowPage } from './flow-page.ts'
import { registerPlans } from './plan-routes.ts'
import { portalPage } from './portal-page.ts'
import { createSite } from './site.ts'
import { donePage } from './step-pages.ts'

/** The portal's pages, and what their forms do. */
export function registerPortal(app: FastifyInstance, context: () => Context): void {
  const site = createSite(app, context)
  site.page('', portalPage)
  site.page('/flow', flowPage)
  site.page('/done', donePage)
  registerPlans(site)
  registerCards(site)
  registerDetails(site)
}
