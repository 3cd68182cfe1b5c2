import { ranksAtLeast, type Role } from '@lightpress/protocol'
import type { Organization } from '@lightpress/users-contract'
import { A, createAsync } from '@solidjs/router'
import Building from 'lucide-solid/icons/building'
import { type Accessor, type JSX, Show } from 'solid-js'
import { Card } from '../ui/card.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Note } from '../ui/note.tsx'
import { getActiveId, getOrganizations } from './data.ts'

export interface OfOrganizationProps {
  /** The least role that this is for; whoever has less is told so, instead of a refusal. The server is who decides. */
  atLeast?: Role
  /** "see its activity" */
  what?: string
  children: (organization: Accessor<Organization>) => JSX.Element
}

/** What is about the organisation that the person acts for: that it may be shut, or that there is none, is told here. */
export function OfOrganization(props: OfOrganizationProps) {
  const organizations = createAsync(() => getOrganizations())
  const activeId = createAsync(() => getActiveId())
  const active = () => organizations()?.find(({ id }) => id === activeId())
  const known = () => organizations() !== undefined && activeId() !== undefined
  return (
    <Show when={known()}>
      <Show when={active()} fallback={<NoOrganization />}>
        {(organization) => (
          <Show when={!organization().suspended} fallback={<Suspended name={organization().name} />}>
            <Show
              when={ranksAtLeast(organization().role, props.atLeast ?? 'member')}
              fallback={
                <Note tone="info">
                  <p>
                    Only owners and admins of {organization().name} can {props.what}.
                  </p>
                </Note>
              }
            >
              {props.children(organization)}
            </Show>
          </Show>
        )}
      </Show>
    </Show>
  )
}

function Suspended(props: { name: string }) {
  return (
    <Note tone="danger" title={`${props.name} is suspended`}>
      <p>
        We have shut it: nobody can act in it, and its API keys are refused. Nothing is lost, and all of it is there
        again once it is restored. Answer the mail that we wrote to its owners.
      </p>
    </Note>
  )
}

function NoOrganization() {
  return (
    <Card>
      <EmptyState icon={Building} title="You act for no organisation">
        Those that you are in are suspended, or there are none. <A href="/profile">Your profile</A> is there all the
        same.
      </EmptyState>
    </Card>
  )
}
