import type { Profile } from '@lightpress/users-contract'
import { createSignal, Show, Suspense } from 'solid-js'
import { createLookOnly } from '../../account/look-only.tsx'
import { screen } from '../../screen.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Region } from '../../ui/region.tsx'
import { Actions, SettingsGroup } from '../../ui/settings.tsx'
import { getExports } from './data.ts'
import { ExportsSection } from './exports-section.tsx'
import styles from './exports-section.module.css'

const DeleteDialog = screen(() => import('./delete-dialog.tsx'), 'DeleteDialog')

/** What is held about the person: handed over, and erased. For the end of their profile. */
export function YourData(props: { person: Profile }) {
  return (
    <>
      <SettingsGroup title="Your data" lead="Everything we hold about you, in a form that programs can read.">
        <Region reads={[getExports.key]} heights={[9]}>
          <ExportsSection>
            A ZIP archive with a JSON file for each kind of thing: your profile, your organisations, your sign-ins, your
            notifications and all the rest. Passwords and keys are not in it.
          </ExportsSection>
        </Region>
      </SettingsGroup>
      <SettingsGroup title="Delete account" lead="For good. Nobody can bring it back, not even we.">
        <DeleteAccount person={props.person} />
      </SettingsGroup>
    </>
  )
}

function DeleteAccount(props: { person: Profile }) {
  const lookOnly = createLookOnly()
  const [asking, setAsking] = createSignal(false)
  return (
    <Card>
      <p class={styles.about}>
        You see first what goes with it and what stays. Subscriptions of organisations that go are cancelled before
        anything is deleted.
      </p>
      <Show
        when={!lookOnly()}
        fallback={<p class={styles.about}>Its owner can delete it, and nobody who acts as them.</p>}
      >
        <Actions>
          <Button variant="danger" action={() => DeleteDialog.preload().then(() => setAsking(true))}>
            Delete account…
          </Button>
        </Actions>
      </Show>
      <Suspense>
        <Show when={asking()}>
          <DeleteDialog person={props.person} onClose={() => setAsking(false)} />
        </Show>
      </Suspense>
    </Card>
  )
}
