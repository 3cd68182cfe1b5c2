import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import { notifications } from '@lightpress/notifications-contract'
import { type Contract, routesOf } from '@lightpress/protocol'
import { users } from '@lightpress/users-contract'
import type { Plugin } from 'vite'
import type { routes as catalogueRoutes } from 'virtual:lightpress-routes/catalogue'
import type { routes as entranceRoutes } from 'virtual:lightpress-routes/entrance'
import type { routes as invitationRoutes } from 'virtual:lightpress-routes/invitation'
import type { routes as unsubscribeRoutes } from 'virtual:lightpress-routes/unsubscribe'

const prefix = 'virtual:lightpress-routes/'
const contracts: readonly Contract[] = [auth, users, billing, notifications]

/** What the pages before sign-in call. All that auth has besides comes with the page that calls it. */
const entrance = {
  signUp: true,
  verifyEmail: true,
  resendVerification: true,
  signIn: true,
  refreshToken: true,
  forgotPassword: true,
  resetPassword: true,
  confirmEmailChange: true,
} satisfies Record<keyof typeof entranceRoutes, true>

/** What the link of an invitation is about, for whoever is nobody here yet. */
const invitation = { previewInvitation: true } satisfies Record<keyof typeof invitationRoutes, true>

/** What of billing is for everybody: the prices. */
const catalogue = { listPlans: true } satisfies Record<keyof typeof catalogueRoutes, true>

/** What the link at the foot of a mail leads to, for whoever reads it. */
const unsubscribe = { readUnsubscribe: true, unsubscribe: true } satisfies Record<keyof typeof unsubscribeRoutes, true>

/**
 * The contracts as a browser needs them: method, path and whether a session is needed. They are read here, in
 * Node; their schemas, and zod with them, stay behind. A module each, so that a page loads those it asks.
 */
export function contractRoutes(): Plugin {
  return {
    name: 'lightpress:contract-routes',
    resolveId: (source) => (source.startsWith(prefix) ? `\0${source}` : undefined),
    load(resolved) {
      if (resolved === `\0${prefix}entrance`) return sourceOf(auth, (name) => name in entrance)
      if (resolved === `\0${prefix}invitation`) return sourceOf(users, (name) => name in invitation)
      if (resolved === `\0${prefix}catalogue`) return sourceOf(billing, (name) => name in catalogue)
      if (resolved === `\0${prefix}unsubscribe`) return sourceOf(notifications, (name) => name in unsubscribe)
      const contract = contracts.find(({ name }) => resolved === `\0${prefix}${name}`)
      return contract && sourceOf(contract)
    },
  }
}

export function sourceOf(contract: Contract, wanted: (name: string) => boolean = () => true): string {
  return `export const routes = ${JSON.stringify(browserRoutes(contract, wanted))}`
}

function browserRoutes(contract: Contract, wanted: (name: string) => boolean) {
  return Object.fromEntries(
    Object.entries(routesOf(contract))
      .filter(([name]) => wanted(name))
      .filter(([name]) => contract.operations[name]?.access !== 'signed')
      .map(([name, route]) => [name, { ...route, open: contract.operations[name]?.access === 'public' }]),
  )
}
