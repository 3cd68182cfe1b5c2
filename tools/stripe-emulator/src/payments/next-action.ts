import type { Context } from '../context.ts'
import { links } from '../links.ts'

type NextAction =
  | { type: 'redirect_to_url'; redirect_to_url: { url: string; return_url: string } }
  | { type: 'use_stripe_sdk'; use_stripe_sdk: { type: 'three_d_secure_redirect'; stripe_js: string } }

/** Where the holder answers the bank: by a redirect if there is an address to come back to, else in a frame. */
export function nextAction(intent: string, returnUrl: string | undefined, ctx: Context): NextAction {
  const url = ctx.url(links.authentication(intent))
  if (returnUrl !== undefined) {
    return { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl } }
  }
  return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } }
}
