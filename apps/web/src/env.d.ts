interface ImportMetaEnv {
  /** Where mails can be read in development. */
  readonly VITE_MAILBOX_URL?: string
}

declare module 'virtual:lightpress-routes/auth' {
  export const routes: import('./api/client.ts').BrowserRoutes<typeof import('@lightpress/auth-contract').auth>
}

declare module 'virtual:lightpress-routes/users' {
  export const routes: import('./api/client.ts').BrowserRoutes<typeof import('@lightpress/users-contract').users>
}

declare module 'virtual:lightpress-routes/billing' {
  export const routes: import('./api/client.ts').BrowserRoutes<typeof import('@lightpress/billing-contract').billing>
}

declare module 'virtual:lightpress-routes/notifications' {
  export const routes: import('./api/client.ts').BrowserRoutes<
    typeof import('@lightpress/notifications-contract').notifications
  >
}
