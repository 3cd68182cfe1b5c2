declare module 'virtual:lightpress-routes' {
  import type { Route } from '@lightpress/protocol'

  /** `open`: it needs no session, so its 401 is an answer and not an expired token. */
  type BrowserRoutes = Record<string, Route & { open: boolean }>
  export const auth: BrowserRoutes
  export const users: BrowserRoutes
  export const billing: BrowserRoutes
  export const notifications: BrowserRoutes
}
