import { updateCustomer } from '../customers/customers.ts'
import { links } from '../links.ts'
import { isEmail } from '../pages/fields.ts'
import type { Customer } from '../state/state.ts'
import type { Fields, Site } from './site.ts'
import { detailsPage } from './step-pages.ts'
import { requireFeature, type Visit } from './visit.ts'

/** What customers tell about themselves. */
export function registerDetails({ page, action }: Site): void {
  page('/details', (visit) => {
    requireFeature(visit, 'customer_update')
    return detailsPage(visit, null)
  })

  action('/details', (visit, form) => {
    requireFeature(visit, 'customer_update')
    if (form.email !== undefined && !isEmail(form.email)) {
      return { status: 422, page: detailsPage(visit, 'Enter an email address.') }
    }
    updateCustomer(visit.customer, detailsFrom(form, visit), visit.ctx)
    return { to: links.portal(visit.session.id) }
  })
}

/** Only what may be told; empty is none. */
function detailsFrom(form: Fields, { configuration }: Visit): Partial<Customer> {
  const { allowed_updates: allowed } = configuration.features.customer_update
  const told = (name: string) => form[name]?.trim() || null
  const place = {
    city: told('city'),
    country: told('country'),
    line1: told('line1'),
    line2: told('line2'),
    postal_code: told('postal_code'),
    state: told('state'),
  }
  const empty = Object.values(place).every((part) => part === null)
  return {
    ...(allowed.includes('name') && form.name !== undefined && { name: told('name') }),
    ...(allowed.includes('email') && form.email !== undefined && { email: told('email') }),
    ...(allowed.includes('phone') && form.phone !== undefined && { phone: told('phone') }),
    ...(allowed.includes('address') && form.line1 !== undefined && { address: empty ? null : place }),
  }
}
