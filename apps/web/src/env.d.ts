interface ImportMetaEnv {
  /** Where mails can be read in development. */
  readonly VITE_MAILBOX_URL?: string
}

// What build/contract-routes.ts makes of the contracts, a module each.

declare module 'virtual:lightpress-routes' {
  import type { Contract, Route } from '@lightpress/protocol'

  /** `open`: it needs no session, so its 401 is an answer and not an expired token. */
  export type BrowserRoute = Route & { open: boolean }

  /** One for each operation with a public path; those for other services and for the platform are not there. */
  export type BrowserRoutes<C extends Contract> = Record<keyof C['operations'], BrowserRoute>
}

declare module 'virtual:lightpress-routes/auth' {
  import type { auth } from '@lightpress/auth-contract'
  import type { BrowserRoutes } from 'virtual:lightpress-routes'
  export const routes: BrowserRoutes<typeof auth>
}

declare module 'virtual:lightpress-routes/entrance' {
  import type { auth } from '@lightpress/auth-contract'
  import type { BrowserRoutes } from 'virtual:lightpress-routes'
  type Entrance =
    | 'signUp'
    | 'verifyEmail'
    | 'resendVerification'
    | 'signIn'
    | 'refreshToken'
    | 'forgotPassword'
    | 'resetPassword'
    | 'confirmEmailChange'
  export const routes: Pick<BrowserRoutes<typeof auth>, Entrance>
}

declare module 'virtual:lightpress-routes/invitation' {
  import type { BrowserRoutes } from 'virtual:lightpress-routes'
  import type { users } from '@lightpress/users-contract'
  export const routes: Pick<BrowserRoutes<typeof users>, 'previewInvitation'>
}

declare module 'virtual:lightpress-routes/users' {
  import type { users } from '@lightpress/users-contract'
  import type { BrowserRoutes } from 'virtual:lightpress-routes'
  export const routes: BrowserRoutes<typeof users>
}

declare module 'virtual:lightpress-routes/billing' {
  import type { billing } from '@lightpress/billing-contract'
  import type { BrowserRoutes } from 'virtual:lightpress-routes'
  export const routes: BrowserRoutes<typeof billing>
}

declare module 'virtual:lightpress-routes/catalogue' {
  import type { billing } from '@lightpress/billing-contract'
  import type { BrowserRoutes } from 'virtual:lightpress-routes'
  export const routes: Pick<BrowserRoutes<typeof billing>, 'listPlans'>
}

declare module 'virtual:lightpress-routes/notifications' {
  import type { notifications } from '@lightpress/notifications-contract'
  import type { BrowserRoutes } from 'virtual:lightpress-routes'
  export const routes: BrowserRoutes<typeof notifications>
}

declare module 'virtual:lightpress-routes/unsubscribe' {
  import type { BrowserRoutes } from 'virtual:lightpress-routes'
  import type { notifications } from '@lightpress/notifications-contract'
  export const routes: Pick<BrowserRoutes<typeof notifications>, 'readUnsubscribe' | 'unsubscribe'>
}
