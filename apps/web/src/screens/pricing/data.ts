import { query } from '@solidjs/router'
import { billing } from '../../api/clients.ts'

/** The catalogue is public: the same for everyone, signed in or not. */
export const getPlans = query(async () => (await billing.listPlans({})).items, 'plans')

export function preloadPlans() {
  void getPlans()
}
