import type Stripe from 'stripe'

/** The version whose shapes are spoken here: the one that the SDK pins. With another SDK this does not compile. */
export const apiVersion: typeof Stripe.API_VERSION = '2026-10-28.endive'

/** Its release; within one, later versions only add. */
export const release = apiVersion.split('.')[1]
