import { ranksAtLeast } from '@lightpress/protocol'
import type { Organization as Known, Profile } from '@lightpress/users-contract'
import { createAsync } from '@solidjs/router'
import { type Accessor, Show } from 'solid-js'
import { getActiveId, getMe, getOrganizations } from '../../account/data.ts'
import { createLookOnly, LookOnlyNote } from '../../account/look-only.tsx'
import { OfOrganization } from '../../account/of-organization.tsx'
import { screen } from '../../screen.ts'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Settings, SettingsGroup } from '../../ui/settings.tsx'
import { getExports } from '../personal-data/data.ts'
import { Facts } from './facts.tsx'
import { NameAndLogo } from './name-and-logo.tsx'

// At the end, and what few look for: they come beside the rest.
const ExportsSection = screen(() => import('../personal-data/exports-section.tsx'), 'ExportsSection')
const DangerZone = screen(() => import('./danger-zone.tsx'), 'DangerZone')

export function Organization() {
  useTitle('Organisation')
  const me = createAsync(() => getMe())
  const lookOnly = createLookOnly()
  return (
    <Settings>
      <Heading title="Organisation">
        What your organisation is called, and what can be done with the whole of it.
      </Heading>
      <Region reads={[getOrganizations.key, getActiveId.key, getMe.key]} heights={[18, 9, 9]}>
        <Show when={me()}>
          {(person) => (
            <OfOrganization>
              {(organization) => <Groups organization={organization} person={person()} lookOnly={lookOnly()} />}
            </OfOrganization>
          )}
        </Show>
      </Region>
    </Settings>
  )
}

function Groups(props: { organization: Accessor<Known>; person: Profile; lookOnly: boolean }) {
  const organization = () => props.organization()
  const changes = () => ranksAtLeast(organization().role, 'admin') && !props.lookOnly
  return (
    <>
      <LookOnlyNote when={props.lookOnly} />
      <Show when={organization().personal}>
        <Note tone="info" title="A personal organisation">
          <p>
            It came with an account and goes with it: it cannot be handed on, or deleted by itself. To work with others
            on something that outlasts an account, create another organisation.
          </p>
        </Note>
      </Show>
      <SettingsGroup title="Name and logo" lead="Its members see them, and they are on invitations and invoices.">
        <Show when={changes()} fallback={<Facts named organization={organization()} />}>
          <Show when={organization().id} keyed>
            <NameAndLogo organization={organization()} owner={props.person.id} />
          </Show>
        </Show>
      </SettingsGroup>
      <Show when={changes()}>
        <SettingsGroup title="About it" lead="What you may be asked for when you write to us.">
          <Facts organization={organization()} />
        </SettingsGroup>
      </Show>
      <Show when={organization().role === 'owner'}>
        <SettingsGroup title="Its data" lead="Everything we hold about it, in a form that programs can read.">
          <Region reads={[getExports.key]} heights={[9]}>
            <ExportsSection organizationId={organization().id}>
              A ZIP archive with a JSON file for each kind of thing: members, invitations, activity, billing and all the
              rest. Keys are not in it.
            </ExportsSection>
          </Region>
        </SettingsGroup>
      </Show>
      <Region reads={[]} heights={[9]}>
        <DangerZone organization={organization()} person={props.person} lookOnly={props.lookOnly} />
      </Region>
    </>
  )
}
