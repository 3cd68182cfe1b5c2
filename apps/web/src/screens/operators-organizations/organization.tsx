import { A, createAsync, useAction, useParams } from '@solidjs/router'
import { createEffect, For, Show } from 'solid-js'
import { getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { roleWords } from '../../account/roles.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { Note } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Rows } from '../../ui/rows.tsx'
import { Settings, SettingsGroup } from '../../ui/settings.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import { WhatHappened } from '../operators-timeline/what-happened.tsx'
import { Access } from '../operators-users/access.tsx'
import { Fact, Facts, IdFact } from '../../ui/facts.tsx'
import { None } from '../../ui/none.tsx'
import { SubjectHeading } from '../operators-users/subject-heading.tsx'
import { UserRow } from '../operators-users/user-row.tsx'
import { getOrganization, getOrganizationMembers, restoreOrganization, suspendOrganization } from './data.ts'
import { Members } from './members.tsx'
import { peopleWords } from './organization-row.tsx'

type Whole = NonNullable<Awaited<ReturnType<typeof getOrganization>>>

const back = { href: '/operators/organizations', label: 'Organisations' }

export function OperatorOrganization() {
  useTitle('Organisation')
  const params = useParams<{ id: string }>()
  return (
    <Region reads={[getSession.key, getOrganization.key]} heights={[5, 12, 12]}>
      <OperatorsOnly title="Organisation">
        <One id={params.id} />
      </OperatorsOnly>
    </Region>
  )
}

function One(props: { id: string }) {
  const whole = createAsync(() => getOrganization(props.id))
  createEffect(() => {
    const known = whole()
    if (known) useTitle(known.organization.name)
  })
  return (
    <Show when={whole() !== undefined}>
      <Show
        when={whole()}
        fallback={
          <None of="Organisation" title="No organisation has this id" back={back}>
            It was deleted, or the address has a typo. What is left of deleted ones are receipts, under Erasures.
          </None>
        }
      >
        {(known) => <Everything whole={known()} />}
      </Show>
    </Show>
  )
}

function Everything(props: { whole: Whole }) {
  const suspend = useAction(suspendOrganization)
  const restore = useAction(restoreOrganization)
  const organization = () => props.whole.organization
  return (
    <Settings>
      <SubjectHeading
        back={back}
        name={organization().name}
        image={organization().logoUrl}
        shape="square"
        state={organization().state}
        badge={
          <Show when={organization().personal}>
            <Badge>Personal</Badge>
          </Show>
        }
        lead={
          <>
            {peopleWords(organization().memberCount)}, since <CalendarDate at={organization().createdAt} />
          </>
        }
        actions={
          <Access
            name={organization().name}
            state={organization().state}
            warning="Within a second nobody acts in it any more, its API keys are refused, and its people see that it is suspended. Its subscription and its data stay as they are."
            suspend={() => suspend(organization().id)}
            restore={() => restore(organization().id)}
          />
        }
      />
      <StateNote organization={organization()} />
      <SettingsGroup title="Facts" lead="What there is to know at a glance.">
        <Card>
          <Facts>
            <IdFact id={organization().id} />
            <Fact term="Invitations">
              {organization().invitationCount === 0 ? 'None waiting' : `${organization().invitationCount} waiting`}
            </Fact>
            <Fact term="Billing">
              <A href={`/operators/subscriptions/${organization().id}`}>Its subscription</A>
            </Fact>
            <Show when={organization().personalOf}>
              {(id) => (
                <Fact term="Belongs to">
                  <Truncate text={ownerName(props.whole, id())} href={`/operators/users/${id()}`} />
                </Fact>
              )}
            </Show>
          </Facts>
        </Card>
      </SettingsGroup>
      <SettingsGroup title="Who looks after it" lead="Its owners and admins: those to write to.">
        <Show
          when={props.whole.managers.length > 0}
          fallback={
            <Card>
              <p>Nobody does any more.</p>
            </Card>
          }
        >
          <Rows label="Owners and admins">
            <For each={props.whole.managers}>
              {({ user, role, joinedAt }) => (
                <UserRow user={user} badge={<Badge>{roleWords[role].label}</Badge>}>
                  joined <CalendarDate at={joinedAt} short />
                </UserRow>
              )}
            </For>
          </Rows>
        </Show>
      </SettingsGroup>
      <WhatHappened of={{ organizationId: organization().id }} />
      <SettingsGroup title="Members" lead="Everybody in it, in the order in which they joined.">
        <Region reads={[getOrganizationMembers.key]} heights={[2.25, 4, 4, 4]}>
          <Members id={organization().id} />
        </Region>
      </SettingsGroup>
    </Settings>
  )
}

function StateNote(props: { organization: Whole['organization'] }) {
  return (
    <>
      <Show when={props.organization.suspendedAt}>
        {(at) => (
          <Note tone="danger" title="Suspended">
            <p>
              Shut since <CalendarDate at={at()} />. Nothing in it is lost.
            </p>
          </Note>
        )}
      </Show>
      <Show when={props.organization.state === 'closing'}>
        <Note tone="warning" title="Being deleted">
          <p>All of it is on its way out. It cannot be stopped; the receipt will stand under Erasures.</p>
        </Note>
      </Show>
    </>
  )
}

function ownerName({ managers }: Whole, id: string): string {
  return managers.find(({ user }) => user.id === id)?.user.name ?? 'Its person'
}
