import Bell from 'lucide-solid/icons/bell'
import Check from 'lucide-solid/icons/check'
import CreditCard from 'lucide-solid/icons/credit-card'
import LayoutDashboard from 'lucide-solid/icons/layout-dashboard'
import UserRound from 'lucide-solid/icons/user-round'
import { For } from 'solid-js'
import { Mark } from '../../ui/mark.tsx'
import styles from './preview.module.css'

const steps = ['Address confirmed', 'Time zone set', 'Plan chosen']

/** A drawing of the dashboard in the product's own colours: sharp at every size, right in both themes. */
export function Preview() {
  return (
    <div
      class={styles.window}
      role="img"
      aria-label="The dashboard: first steps, the Pro plan, and a receipt that has just arrived"
    >
      <div class={styles.side}>
        <span class={styles.organization}>
          <Mark size={18} />
          Analytical Engines
        </span>
        <span class={styles.here}>
          <LayoutDashboard size={16} />
          Dashboard
        </span>
        <span>
          <Bell size={16} />
          Notifications
          <i>1</i>
        </span>
        <span>
          <CreditCard size={16} />
          Billing
        </span>
        <span>
          <UserRound size={16} />
          Profile
        </span>
      </div>
      <div class={styles.content}>
        <div class={styles.card}>
          <b>First steps</b>
          <small>3 of 3 done</small>
          <div class={styles.bar} />
          <For each={steps}>
            {(step) => (
              <span class={styles.step}>
                <i>
                  <Check size={12} stroke-width={3} />
                </i>
                {step}
              </span>
            )}
          </For>
        </div>
        <div class={styles.card}>
          <b>Plan</b>
          <span class={styles.plan}>
            Pro <em>Active</em>
          </span>
          <small>3 seats, per month</small>
          <span class={styles.button}>Manage billing</span>
        </div>
        <div class={styles.toast}>
          <i>
            <Check size={12} stroke-width={3} />
          </i>
          <span>
            <b>Payment received</b>
            <small>Your receipt is on its way by mail.</small>
          </span>
        </div>
      </div>
    </div>
  )
}
