import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { getMe, getOrganizations } from '../../account/data.ts'
import { getSubscription } from '../billing/data.ts'
import { getInvitations } from '../invitations/data.ts'
import { getNotifications } from '../notifications/data.ts'
import { getPlans } from '../pricing/data.ts'
import { FirstSteps } from './first-steps.tsx'
import { Latest } from './latest.tsx'
import { OrganizationHeading } from './organization-heading.tsx'
import styles from './page.module.css'
import { PlanSummary } from './plan-summary.tsx'

export function Dashboard() {
  useTitle('Dashboard')
  return (
    <div class={styles.page}>
      <h1 class="unseen">Dashboard</h1>
      <Region reads={[getOrganizations.key]} heights={[3]}>
        <OrganizationHeading />
      </Region>
      <div class={styles.columns}>
        <Region
          reads={[
            getMe.key,
            getOrganizations.key,
            getInvitations.key,
            getSubscription.key,
            getPlans.key,
            getNotifications.key,
          ]}
          heights={[36]}
        >
          <FirstSteps />
        </Region>
        <div class={styles.side}>
          <Region reads={[getSubscription.key, getPlans.key]} heights={[12]}>
            <PlanSummary />
          </Region>
          <Region reads={[getNotifications.key]} heights={[14]}>
            <Latest />
          </Region>
        </div>
      </div>
    </div>
  )
}
