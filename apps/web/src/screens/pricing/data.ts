import { query } from '@solidjs/router'
import { billing } from '../../api/billing.ts'
import { warm } from '../../api/read.ts'

/** The catalogue is public: the same for everyone, signed in or not. */
export const getPlans = query(async () => (await billing.listPlans({})).items, 'plans')

export function preloadPlans() {
  warm(getPlans())
}
