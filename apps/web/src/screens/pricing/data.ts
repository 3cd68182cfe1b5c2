import { query } from '@solidjs/router'
import { catalogue } from '../../api/catalogue.ts'
import { warm } from '../../api/warm.ts'

/** The catalogue is public: the same for everyone, signed in or not. */
export const getPlans = query(async () => (await catalogue.listPlans({})).items, 'plans')

export function preloadPlans() {
  warm(getPlans())
}
