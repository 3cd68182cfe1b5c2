import type { ErasurePlan } from '@lightpress/users-contract'
import { createUniqueId, For, type JSX, Show } from 'solid-js'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Note } from '../../ui/note.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import { ErasureItems, willBe } from './erasure-items.tsx'
import styles from './erasure-plan.module.css'

type Organization = ErasurePlan['organizations'][number]

export function organizationsThat(fate: Organization['fate'], plan: ErasurePlan): Organization[] {
  return plan.organizations.filter((organization) => organization.fate === fate)
}

/** The dry run of an erasure: what would go, what would stay and why, and what is in the way. */
export function ErasurePlanView(props: { plan: ErasurePlan; remedy?: (organization: Organization) => JSX.Element }) {
  const blocking = () => organizationsThat('blocks', props.plan)
  return (
    <div class={styles.plan}>
      <Show when={blocking().length > 0}>
        <Note tone="warning" title="Something is in the way">
          <p>
            Other people are in {blocking().length === 1 ? 'this organisation' : 'these organisations'}, and nobody else
            owns {blocking().length === 1 ? 'it' : 'them'}. Hand on what should stay, delete what need not.
          </p>
        </Note>
        <Organizations
          title="To be handed on or deleted first"
          organizations={blocking()}
          {...(props.remedy && { remedy: props.remedy })}
        />
      </Show>
      <Organizations title="Deleted with all that is in them" organizations={organizationsThat('erased', props.plan)} />
      <Organizations title="Left; they go on without you" organizations={organizationsThat('left', props.plan)} />
      <ErasureItems items={props.plan.items} words={willBe} />
    </div>
  )
}

function Organizations(props: {
  title: string
  organizations: readonly Organization[]
  remedy?: (organization: Organization) => JSX.Element
}) {
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
                <span class={styles.name}>
                  <Truncate text={organization.name} />
                </span>
                <Show when={organization.personal} fallback={<span class={styles.count}>{people(organization)}</span>}>
                  <Badge>Your own</Badge>
                </Show>
                {props.remedy?.(organization)}
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}

function people({ memberCount }: Organization): string {
  return memberCount === 1 ? '1 person' : `${memberCount.toLocaleString()} people`
}
