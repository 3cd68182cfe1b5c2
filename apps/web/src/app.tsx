import { Route, Router, type RouteSectionProps } from '@solidjs/router'
import { ErrorBoundary, Suspense } from 'solid-js'
import { Strangers } from './layouts/strangers.tsx'
import { beside, early, screen } from './screen.ts'
import { BrokenPage } from './screens/broken/page.tsx'

const inside = () => import('./inside.ts')

const MarketingLayout = screen(() => import('./layouts/marketing.tsx'), 'MarketingLayout')
const SignedOutLayout = screen(() => import('./layouts/signed-out.tsx'), 'SignedOutLayout')
const AppLayout = screen(() => import('./layouts/app.tsx'), 'AppLayout')
const Landing = screen(() => import('./screens/landing/page.tsx'), 'Landing')
const Pricing = screen(() => import('./screens/pricing/page.tsx'), 'Pricing')
const SignUp = screen(() => import('./screens/sign-up/page.tsx'), 'SignUp')
const CheckMail = screen(() => import('./screens/check-mail/page.tsx'), 'CheckMail')
const Verify = screen(() => import('./screens/verify/page.tsx'), 'Verify')
const ForgotPassword = screen(() => import('./screens/forgot-password/page.tsx'), 'ForgotPassword')
const ResetPassword = screen(() => import('./screens/reset-password/page.tsx'), 'ResetPassword')
const ConfirmEmail = screen(() => import('./screens/confirm-email/page.tsx'), 'ConfirmEmail')
const Invitation = screen(() => import('./screens/invitation/page.tsx'), 'Invitation')
const SignIn = screen(() => import('./screens/sign-in/page.tsx'), 'SignIn')
const SignInStep = screen(() => import('./screens/sign-in/step.tsx'), 'SignInStep')
const Dashboard = behind('Dashboard')
const Billing = behind('Billing')
const BillingReturn = behind('BillingReturn')
const Notifications = behind('Notifications')
const Profile = behind('Profile')
const Security = behind('Security')
const ApiKeys = behind('ApiKeys')
const Organization = behind('Organization')
const Operators = behind('Operators')
const NotFound = screen(() => import('./screens/not-found/page.tsx'), 'NotFound')

// Nothing can be said before a screen stands; from then on the live region is there.
const Toasts = beside(() => import('./ui/toasts.tsx'), 'Toasts')

/** Every screen and its address. A screen is loaded when it is first wanted; its data beside it, not after it. */
export function App() {
  return (
    <Router root={Root}>
      <Route component={MarketingLayout}>
        <Route path="/" component={Landing} />
        <Route
          path="/pricing"
          component={Pricing}
          preload={early(() => import('./screens/pricing/data.ts'), 'preloadPlans')}
        />
      </Route>
      <Route component={Strangers}>
        <Route component={SignedOutLayout}>
          <Route path="/sign-up" component={SignUp} />
          <Route path="/sign-in" component={SignIn} />
        </Route>
      </Route>
      <Route
        path={[
          '/sign-in/:step',
          '/recover',
          '/recover/:step',
          '/goodbye',
          '/unsubscribe',
          '/forgot-password/check-mail',
        ]}
        component={SignInStep}
      />
      <Route component={SignedOutLayout}>
        <Route path="/sign-up/check-mail" component={CheckMail} />
        <Route path="/verify" component={Verify} />
        <Route path="/forgot-password" component={ForgotPassword} />
        <Route path="/reset-password" component={ResetPassword} />
        <Route path="/confirm-email" component={ConfirmEmail} />
        <Route path="/invitation" component={Invitation} />
      </Route>
      <Route component={AppLayout} preload={early(() => import('./account/data.ts'), 'preloadAccount')}>
        <Route path="/dashboard" component={Dashboard} preload={early(inside, 'preloadDashboard')} />
        <Route path="/billing" component={Billing} preload={early(inside, 'preloadBilling')} />
        <Route path="/billing/return" component={BillingReturn} />
        <Route path="/notifications/:part?" component={Notifications} preload={early(inside, 'preloadNotifications')} />
        <Route path="/profile" component={Profile} />
        <Route path="/security" component={Security} preload={early(inside, 'preloadSecurity')} />
        <Route path="/api-keys" component={ApiKeys} preload={early(inside, 'preloadApiKeys')} />
        <Route
          path="/organization/:part?/:id?/:kind?/:item?"
          component={Organization}
          preload={early(inside, 'preloadOrganization')}
        />
        <Route path="/operators/:noun/:id?" component={Operators} />
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

/** A screen behind sign-in. */
function behind(name: keyof Awaited<ReturnType<typeof inside>>['screens']) {
  return screen(async () => ({ Screen: await (await inside()).screens[name]() }), 'Screen')
}
