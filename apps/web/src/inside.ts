import { early } from './screen.ts'

/**
 * The screens behind sign-in. Apart from their addresses in app.tsx, so that nobody who is only at the door loads the
 * names of all their files.
 */
export const screens = {
  Dashboard: async () => (await import('./screens/dashboard/page.tsx')).Dashboard,
  Billing: async () => (await import('./screens/billing/page.tsx')).Billing,
  BillingReturn: async () => (await import('./screens/billing-return/page.tsx')).BillingReturn,
  Notifications: async () => (await import('./notifications.tsx')).NotificationScreens,
  Profile: async () => (await import('./screens/profile/page.tsx')).Profile,
  Security: async () => (await import('./screens/security/page.tsx')).Security,
  ApiKeys: async () => (await import('./screens/api-keys/page.tsx')).ApiKeys,
  Organization: async () => (await import('./organization.tsx')).OrganizationScreens,
  Operators: async () => (await import('./operators.tsx')).Operators,
}

export const preloadDashboard = early(() => import('./screens/dashboard/data.ts'), 'preloadDashboard')
export const preloadBilling = early(() => import('./screens/billing/data.ts'), 'preloadBilling')
export const preloadNotifications = early(() => import('./screens/notifications/preload.ts'), 'preloadNotifications')
export const preloadSecurity = early(() => import('./screens/security/data.ts'), 'preloadSecurity')
export const preloadOrganization = early(() => import('./screens/organization/preload.ts'), 'preloadOrganization')
export const preloadApiKeys = early(() => import('./screens/api-keys/data.ts'), 'preloadApiKeys')
