import type { Invitation, Organization } from '@lightpress/users-contract'
import { createAsync, useAction, useSearchParams } from '@solidjs/router'
import MailPlus from 'lucide-solid/icons/mail-plus'
import { type Component, createSignal, Show, Suspense } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { getActiveId, getOrganizations } from '../../account/data.ts'
import { createLookOnly, LookOnlyNote } from '../../account/look-only.tsx'
import { OfOrganization } from '../../account/of-organization.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Heading } from '../../ui/heading.tsx'
import { createLasting } from '../../ui/lasting.ts'
import { Listing } from '../../ui/listing.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Stack } from '../../ui/stack.tsx'
import { toast } from '../../ui/toast.ts'
import { createInviting } from '../members/inviting.tsx'
import { PeopleTabs } from '../members/people-tabs.tsx'
import { getInvitations, revokeInvitation } from './data.ts'
import { InvitationRow } from './invitation-row.tsx'

export function Invitations() {
  useTitle('Invitations')
  return (
    <Stack>
      <h1 class="unseen">Invitations</h1>
      <Region reads={[getOrganizations.key, getActiveId.key]} heights={[3.5, 2.25, 4, 4, 4]}>
        <OfOrganization atLeast="admin" what="see its invitations">
          {(organization) => <Waiting organization={organization()} />}
        </OfOrganization>
      </Region>
    </Stack>
  )
}

function Waiting(props: { organization: Organization }) {
  const lookOnly = createLookOnly()
  const { InviteButton, Inviting } = createInviting(() => props.organization)
  const [search] = useSearchParams<{ cursor: string }>()
  // Where nobody is invited, the list itself has the button; where it failed, it says so.
  const page = createAsync(() => getInvitations(props.organization.id, search.cursor).catch(() => undefined))
  const some = () => search.cursor !== undefined || page()?.items.length !== 0
  return (
    <Stack>
      <Heading
        level={2}
        title="Invitations"
        action={
          <Suspense>
            <Show when={!lookOnly() && some()}>
              <InviteButton />
            </Show>
          </Suspense>
        }
      >
        Who was asked to join {props.organization.name}, and has not answered yet.
      </Heading>
      <PeopleTabs />
      <LookOnlyNote when={lookOnly()} />
      <Region reads={[getInvitations.key]} heights={[4, 4, 4]}>
        <List organization={props.organization} lookOnly={lookOnly()} invite={InviteButton} />
      </Region>
      <Inviting />
    </Stack>
  )
}

function List(props: { organization: Organization; lookOnly: boolean; invite: Component }) {
  const [search] = useSearchParams<{ cursor: string }>()
  const page = createAsync(() => getInvitations(props.organization.id, search.cursor))
  const invitations = createLasting(
    () => page()?.items ?? [],
    ({ id }) => id,
  )
  const [revoking, setRevoking] = createSignal<Invitation>()
  return (
    <Show when={page()}>
      {(known) => (
        <>
          <Listing
            label="Invitations"
            page={{ items: invitations(), nextCursor: known().nextCursor }}
            icon={MailPlus}
            empty={
              <EmptyState
                icon={MailPlus}
                title="Nobody is invited"
                action={!props.lookOnly && <Dynamic component={props.invite} />}
              >
                Whom you invite stands here until they join. Those who have joined are under Members.
              </EmptyState>
            }
          >
            {(invitation) => (
              <InvitationRow
                invitation={invitation}
                organization={props.organization}
                lookOnly={props.lookOnly}
                onRevoke={() => setRevoking(invitation)}
              />
            )}
          </Listing>
          <Show when={revoking()} keyed>
            {(invitation) => (
              <RevokeDialog
                invitation={invitation}
                organization={props.organization}
                onClose={() => setRevoking(undefined)}
              />
            )}
          </Show>
        </>
      )}
    </Show>
  )
}

function RevokeDialog(props: { invitation: Invitation; organization: Organization; onClose: () => void }) {
  const revoke = useAction(revokeInvitation)
  const run = async () => {
    const { email } = props.invitation
    await revoke(props.organization.id, props.invitation.id)
    toast({ title: `The invitation of ${email} is revoked` })
  }
  return (
    <ConfirmDialog
      title={`Revoke the invitation of ${props.invitation.email}?`}
      action="Revoke"
      run={run}
      onClose={() => props.onClose()}
    >
      The link in its mail opens nothing any more. You can invite the address again.
    </ConfirmDialog>
  )
}
