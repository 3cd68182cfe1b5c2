import { Route, Router, type RoutePreloadFunc, type RouteSectionProps } from '@solidjs/router'
import { ErrorBoundary, getOwner, lazy, runWithOwner, Suspense } from 'solid-js'
import { Strangers } from './layouts/strangers.tsx'
import { BrokenPage } from './screens/broken/page.tsx'

const MarketingLayout = lazy(async () => ({ default: (await import('./layouts/marketing.tsx')).MarketingLayout }))
const SignedOutLayout = lazy(async () => ({ default: (await import('./layouts/signed-out.tsx')).SignedOutLayout }))
const AppLayout = lazy(async () => ({ default: (await import('./layouts/app.tsx')).AppLayout }))
const Landing = lazy(async () => ({ default: (await import('./screens/landing/page.tsx')).Landing }))
const Pricing = lazy(async () => ({ default: (await import('./screens/pricing/page.tsx')).Pricing }))
const SignUp = lazy(async () => ({ default: (await import('./screens/sign-up/page.tsx')).SignUp }))
const CheckMail = lazy(async () => ({ default: (await import('./screens/check-mail/page.tsx')).CheckMail }))
const Verify = lazy(async () => ({ default: (await import('./screens/verify/page.tsx')).Verify }))
const ForgotPassword = lazy(async () => ({
  default: (await import('./screens/forgot-password/page.tsx')).ForgotPassword,
}))
const CheckMailForReset = lazy(async () => ({
  default: (await import('./screens/check-mail/page.tsx')).CheckMailForReset,
}))
const ResetPassword = lazy(async () => ({ default: (await import('./screens/reset-password/page.tsx')).ResetPassword }))
const ConfirmEmail = lazy(async () => ({ default: (await import('./screens/confirm-email/page.tsx')).ConfirmEmail }))
const SignIn = lazy(async () => ({ default: (await import('./screens/sign-in/page.tsx')).SignIn }))
const Dashboard = lazy(async () => ({ default: (await import('./screens/dashboard/page.tsx')).Dashboard }))
const Billing = lazy(async () => ({ default: (await import('./screens/billing/page.tsx')).Billing }))
const BillingReturn = lazy(async () => ({ default: (await import('./screens/billing-return/page.tsx')).BillingReturn }))
const Notifications = lazy(async () => ({ default: (await import('./screens/notifications/page.tsx')).Notifications }))
const Profile = lazy(async () => ({ default: (await import('./screens/profile/page.tsx')).Profile }))
const Security = lazy(async () => ({ default: (await import('./screens/security/page.tsx')).Security }))
const NotFound = lazy(async () => ({ default: (await import('./screens/not-found/page.tsx')).NotFound }))

// Nothing can be said before a screen stands; from then on the live region is there.
const Toasts = lazy(async () => ({ default: (await import('./ui/toasts.tsx')).Toasts }))

/** Every screen and its address. A screen is loaded when it is first wanted; its data beside it, not after it. */
export function App() {
  return (
    <Router root={Root}>
      <Route component={MarketingLayout}>
        <Route path="/" component={Landing} />
        <Route
          path="/pricing"
          component={Pricing}
          preload={early(async () => (await import('./screens/pricing/data.ts')).preloadPlans)}
        />
      </Route>
      <Route component={Strangers}>
        <Route component={SignedOutLayout}>
          <Route path="/sign-up" component={SignUp} />
          <Route path="/sign-in" component={SignIn} />
        </Route>
      </Route>
      <Route component={SignedOutLayout}>
        <Route path="/sign-up/check-mail" component={CheckMail} />
        <Route path="/verify" component={Verify} />
        <Route path="/forgot-password" component={ForgotPassword} />
        <Route path="/forgot-password/check-mail" component={CheckMailForReset} />
        <Route path="/reset-password" component={ResetPassword} />
        <Route path="/confirm-email" component={ConfirmEmail} />
      </Route>
      <Route component={AppLayout} preload={early(async () => (await import('./account/data.ts')).preloadAccount)}>
        <Route
          path="/dashboard"
          component={Dashboard}
          preload={early(async () => (await import('./screens/dashboard/data.ts')).preloadDashboard)}
        />
        <Route
          path="/billing"
          component={Billing}
          preload={early(async () => (await import('./screens/billing/data.ts')).preloadBilling)}
        />
        <Route path="/billing/return" component={BillingReturn} />
        <Route
          path="/notifications"
          component={Notifications}
          preload={early(async () => (await import('./screens/notifications/data.ts')).preloadNotifications)}
        />
        <Route path="/profile" component={Profile} />
        <Route
          path="/security"
          component={Security}
          preload={early(async () => (await import('./screens/security/data.ts')).preloadSecurity)}
        />
      </Route>
      <Route path="*" component={NotFound} />
    </Router>
  )
}

function Root(props: RouteSectionProps) {
  return (
    <>
      <ErrorBoundary fallback={(error: unknown, reset) => <BrokenPage error={error} reset={reset} />}>
        <Suspense>{props.children}</Suspense>
      </ErrorBoundary>
      <Suspense>
        <Toasts />
      </Suspense>
    </>
  )
}

/** What asks for the data is itself loaded only when wanted: the first page carries none of it. */
function early(load: () => Promise<RoutePreloadFunc>): RoutePreloadFunc {
  return (args) => {
    const owner = getOwner()
    void load().then((start) => runWithOwner(owner, () => start(args)))
  }
}
