import type { ErasurePlan } from '@lightpress/users-contract'
import { createUniqueId, For, type JSX, Show } from 'solid-js'
import { Avatar } from '../../ui/avatar.tsx'
import { formats } from '../../ui/formats.ts'
import { Note } from '../../ui/note.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import { ErasureItems, willBe } from './erasure-items.tsx'
import styles from './erasure-plan.module.css'

export type PlannedOrganization = ErasurePlan['organizations'][number]

export function organizationsThat(fate: PlannedOrganization['fate'], plan: ErasurePlan): PlannedOrganization[] {
  return plan.organizations.filter((organization) => organization.fate === fate)
}

export interface ErasurePlanViewProps {
  plan: ErasurePlan
  /** Leads to what can be done about an organisation that is in the way. */
  remedy?: (organization: PlannedOrganization) => JSX.Element
}

/** The dry run of an erasure: what would go, what would stay and why. What is in the way comes before all that. */
export function ErasurePlanView(props: ErasurePlanViewProps) {
  const blocking = () => organizationsThat('blocks', props.plan)
  return (
    <div class={styles.plan}>
      <Show when={blocking().length > 0} fallback={<Fates plan={props.plan} />}>
        <Note tone="warning" title="Something is in the way">
          <Show when={blocking().some(({ suspended }) => !suspended)}>
            <p>
              There are other people where nobody else is an owner. Make one of them the owner, or delete the
              organisation; out of your own workspace, take the others.
            </p>
          </Show>
          <Show when={blocking().some(({ suspended }) => suspended)}>
            <p>What is suspended cannot be deleted until it is restored. Write to us about it.</p>
          </Show>
        </Note>
        <Organizations title="To be settled first" organizations={blocking()} remedy={props.remedy} />
        <details class={styles.later}>
          <summary>What would happen then</summary>
          <Fates plan={props.plan} />
        </details>
      </Show>
    </div>
  )
}

function Fates(props: { plan: ErasurePlan }) {
  return (
    <div class={styles.plan}>
      <Organizations title="Deleted, with all that is there" organizations={organizationsThat('erased', props.plan)} />
      <Organizations title="Left; they go on without you" organizations={organizationsThat('left', props.plan)} />
      <ErasureItems items={props.plan.items} words={willBe} />
    </div>
  )
}

interface OrganizationsProps {
  title: string
  organizations: readonly PlannedOrganization[]
  remedy?: ErasurePlanViewProps['remedy'] | undefined
}

function Organizations(props: OrganizationsProps) {
  const id = createUniqueId()
  return (
    <Show when={props.organizations.length > 0}>
      <section class={styles.group} aria-labelledby={id}>
        <h3 id={id}>{props.title}</h3>
        <ul class={styles.organizations}>
          <For each={props.organizations}>
            {(organization) => (
              <li>
                <Avatar name={organization.name} shape="square" />
                <span class={styles.words}>
                  <Truncate text={organization.name} />
                  <span class={styles.detail}>{detail(organization)}</span>
                </span>
                {props.remedy?.(organization)}
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}

function detail({ memberCount, personal, suspended, fate }: PlannedOrganization): string {
  if (suspended && fate === 'blocks') return 'Suspended'
  const people = memberCount === 1 ? 'Nobody but you' : `${memberCount.toLocaleString(formats().locale)} people`
  // Those of others are left.
  return personal && fate !== 'left' ? `${people}, your own workspace` : people
}
