import { createAsync, useAction, useParams } from '@solidjs/router'
import Mail from 'lucide-solid/icons/mail'
import ScrollText from 'lucide-solid/icons/scroll-text'
import VenetianMask from 'lucide-solid/icons/venetian-mask'
import { type Accessor, createEffect, For, Show } from 'solid-js'
import { getMe, getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { roleWords } from '../../account/roles.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Note } from '../../ui/note.tsx'
import { Region } from '../../ui/region.tsx'
import { Row, Rows } from '../../ui/rows.tsx'
import { Settings, SettingsGroup } from '../../ui/settings.tsx'
import { CalendarDate, Time } from '../../ui/time.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import { OrganizationRow } from '../operators-organizations/organization-row.tsx'
import { WhatHappened } from '../operators-timeline/what-happened.tsx'
import { Access } from './access.tsx'
import { getUser, restoreUser, suspendUser } from './data.ts'
import { Fact, Facts, IdFact } from '../../ui/facts.tsx'
import { None } from '../../ui/none.tsx'
import { SubjectHeading } from './subject-heading.tsx'

type Whole = NonNullable<Awaited<ReturnType<typeof getUser>>>

const back = { href: '/operators/users', label: 'People' }

export function OperatorUser() {
  useTitle('Person')
  const params = useParams<{ id: string }>()
  return (
    <Region reads={[getSession.key, getUser.key, getMe.key]} heights={[5, 12, 12]}>
      <OperatorsOnly title="Person">
        <Person id={params.id} />
      </OperatorsOnly>
    </Region>
  )
}

function Person(props: { id: string }) {
  const whole = createAsync(() => getUser(props.id))
  createEffect(() => {
    const known = whole()
    if (known) useTitle(known.user.name)
  })
  return (
    <Show when={whole() !== undefined}>
      <Show
        when={whole()}
        fallback={
          <None of="Person" title="Nobody has this id" back={back}>
            The account was erased, or the address has a typo. What is left of erased ones are receipts, under Erasures.
          </None>
        }
      >
        {(known) => <Everything whole={known()} />}
      </Show>
    </Show>
  )
}

function Everything(props: { whole: Whole }) {
  const me = createAsync(() => getMe())
  const suspend = useAction(suspendUser)
  const restore = useAction(restoreUser)
  const user = () => props.whole.user
  const own = () => user().id === me()?.id
  return (
    <Settings>
      <SubjectHeading
        back={back}
        name={user().name}
        image={user().avatarUrl}
        shape="round"
        state={user().state}
        badge={
          <Show when={user().operator}>
            <Badge tone="accent">Operator</Badge>
          </Show>
        }
        lead={user().email}
        actions={
          <Show when={!own()} fallback={<Badge>You</Badge>}>
            <Show when={user().state === 'active' && !user().operator}>
              <ButtonLink href={`/operators/act-as?person=${user().id}`}>
                <VenetianMask size={16} />
                Act as
              </ButtonLink>
            </Show>
            <Access
              name={user().name}
              state={user().state}
              warning="They are signed out everywhere within a second, cannot sign in, and the API keys they made are revoked for good. Their data stays as it is."
              suspend={() => suspend(user().id)}
              restore={() => restore(user().id)}
            />
          </Show>
        }
      />
      <StateNote user={user()} />
      <SettingsGroup title="Account" lead="As they have set it up.">
        <Card>
          <Facts>
            <IdFact id={user().id} />
            <Fact term="Member since">
              <CalendarDate at={user().createdAt} />
            </Fact>
            <Fact term="Language">{languageName(user().locale)}</Fact>
            <Fact term="Time zone">{user().timeZone.replaceAll('_', ' ')}</Fact>
          </Facts>
        </Card>
      </SettingsGroup>
      <Organizations whole={() => props.whole} />
      <WhatHappened of={{ userId: user().id }} />
      <SettingsGroup title="Security" lead="What was done to the account, and in its name.">
        <Rows label="Security">
          <Row icon={ScrollText} title={<Truncate text="Audit log" href={`/operators/audit?person=${user().id}`} />}>
            Sign-ins, sessions and changes: when, from where, and by whom.
          </Row>
        </Rows>
      </SettingsGroup>
    </Settings>
  )
}

function StateNote(props: { user: Whole['user'] }) {
  return (
    <>
      <Show when={props.user.suspendedAt}>
        {(at) => (
          <Note tone="danger" title="Suspended">
            <p>
              Kept out since <CalendarDate at={at()} />. Nothing of theirs is lost.
            </p>
          </Note>
        )}
      </Show>
      <Show when={props.user.state === 'closing'}>
        <Note tone="warning" title="Being erased">
          <p>Everything about them is on its way out. It cannot be stopped; the receipt will stand under Erasures.</p>
        </Note>
      </Show>
    </>
  )
}

function Organizations(props: { whole: Accessor<Whole> }) {
  return (
    <>
      <SettingsGroup title="Organisations" lead="Those they are in, and as what.">
        <Show
          when={props.whole().memberships.length > 0}
          fallback={
            <Card>
              <p>They are in no organisation.</p>
            </Card>
          }
        >
          <Rows label="Organisations">
            <For each={props.whole().memberships}>
              {({ organization, role, joinedAt }) => (
                <OrganizationRow organization={organization} badge={<Badge>{roleWords[role].label}</Badge>}>
                  joined <CalendarDate at={joinedAt} short />
                </OrganizationRow>
              )}
            </For>
          </Rows>
        </Show>
      </SettingsGroup>
      <Show when={props.whole().invitations.length > 0}>
        <SettingsGroup title="Invitations" lead="For their address, that they have not answered.">
          <Rows label="Invitations">
            <For each={props.whole().invitations}>
              {(invitation) => (
                <Row
                  icon={Mail}
                  title={
                    <>
                      <Truncate
                        text={invitation.organization.name}
                        href={`/operators/organizations/${invitation.organization.id}`}
                      />
                      <Badge>{roleWords[invitation.role].label}</Badge>
                      <Show when={invitation.state === 'expired'}>
                        <Badge tone="warning">Expired</Badge>
                      </Show>
                    </>
                  }
                >
                  {invitation.state === 'expired' ? 'ran out' : 'runs out'} <Time at={invitation.expiresAt} />
                </Row>
              )}
            </For>
          </Rows>
        </SettingsGroup>
      </Show>
    </>
  )
}

function languageName(locale: string): string {
  return new Intl.DisplayNames('en', { type: 'language' }).of(locale) ?? locale
}
