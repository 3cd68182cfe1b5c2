interface ImportMetaEnv {
  /** Where mails can be read in development. */
  readonly VITE_MAILBOX_URL?: string
}

declare module 'virtual:lightpress-routes' {
  import type { auth as Auth } from '@lightpress/auth-contract'
  import type { billing as Billing } from '@lightpress/billing-contract'
  import type { notifications as Notifications } from '@lightpress/notifications-contract'
  import type { Contract, Route } from '@lightpress/protocol'
  import type { users as Users } from '@lightpress/users-contract'

  /** `open`: it needs no session, so its 401 is an answer and not an expired token. */
  export type BrowserRoute = Route & { open: boolean }

  /** One for each operation with a public path; those for other services are not there. */
  export type BrowserRoutes<C extends Contract> = Record<keyof C['operations'], BrowserRoute>

  export const auth: BrowserRoutes<typeof Auth>
  export const users: BrowserRoutes<typeof Users>
  export const billing: BrowserRoutes<typeof Billing>
  export const notifications: BrowserRoutes<typeof Notifications>
}
