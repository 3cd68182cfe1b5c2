import type { ApiKey } from '@lightpress/auth-contract'
import { createAsync, useSearchParams } from '@solidjs/router'
import KeyRound from 'lucide-solid/icons/key-round'
import Plus from 'lucide-solid/icons/plus'
import { createSignal, Show, Suspense } from 'solid-js'
import { createActiveOrganization } from '../../account/active-organization.ts'
import { getOrganizations } from '../../account/data.ts'
import { createLookOnly, LookOnlyNote } from '../../account/look-only.tsx'
import { screen } from '../../screen.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Listing } from '../../ui/listing.tsx'
import { Note } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { getApiKeys } from './data.ts'
import { KeyRow } from './key-row.tsx'
import styles from './page.module.css'
import { RevokeDialog } from './revoke-dialog.tsx'
import type { Role } from './scope-field.tsx'

const CreateDialog = screen(() => import('./create-dialog.tsx'), 'CreateDialog')

export function ApiKeys() {
  useTitle('API keys')
  return (
    <div class={styles.page}>
      <Region reads={[getOrganizations.key, getApiKeys.key]} heights={[3, 5, 5, 5]}>
        <Keys />
      </Region>
    </div>
  )
}

function Keys() {
  const organization = createActiveOrganization()
  return (
    <Show when={organization()}>
      {(own) => (
        <Show when={own().role !== 'member'} fallback={<ForAdmins name={own().name} />}>
          <List organization={own()} />
        </Show>
      )}
    </Show>
  )
}

function ForAdmins(props: { name: string }) {
  return (
    <>
      <Heading title="API keys" />
      <Note tone="info">
        <p>Only owners and admins of {props.name} can see and make API keys.</p>
      </Note>
    </>
  )
}

function List(props: { organization: { name: string; role: Role } }) {
  const [search] = useSearchParams<{ cursor: string }>()
  const page = createAsync(() => getApiKeys(search.cursor))
  const lookOnly = createLookOnly()
  const [creating, setCreating] = createSignal(false)
  const [revoking, setRevoking] = createSignal<ApiKey>()
  const create = () => (
    <Show when={!lookOnly()}>
      <Button variant="primary" action={() => CreateDialog.preload().then(() => setCreating(true))}>
        <Plus size={16} />
        Create a key
      </Button>
    </Show>
  )
  const none = () => search.cursor === undefined && page()?.items.length === 0
  return (
    <Show when={page()}>
      {(known) => (
        <>
          <Heading title="API keys" action={<Show when={!none()}>{create()}</Show>}>
            Programs use them to act for {props.organization.name}, within the scopes that you give.
          </Heading>
          <LookOnlyNote when={lookOnly()} />
          <Listing
            label="API keys"
            page={known()}
            icon={KeyRound}
            empty={
              <EmptyState icon={KeyRound} title="No API keys yet" action={create()}>
                A key lets a program read or change what is your organisation’s, without anybody’s password.
              </EmptyState>
            }
          >
            {(key) => <KeyRow apiKey={key} lookOnly={lookOnly()} onRevoke={() => setRevoking(key)} />}
          </Listing>
          <Suspense>
            <Show when={creating()}>
              <CreateDialog role={props.organization.role} onClose={() => setCreating(false)} />
            </Show>
          </Suspense>
          <Show when={revoking()} keyed>
            {(key) => <RevokeDialog apiKey={key} onClose={() => setRevoking(undefined)} />}
          </Show>
        </>
      )}
    </Show>
  )
}
