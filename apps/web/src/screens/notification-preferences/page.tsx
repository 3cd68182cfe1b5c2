import type { Preferences } from '@lightpress/notifications-contract'
import { A, createAsync, useAction } from '@solidjs/router'
import { createEffect, createSignal, on, onCleanup, Show, untrack } from 'solid-js'
import { readAgain } from '../../api/read-again.ts'
import { getMe } from '../../account/data.ts'
import { createLookOnly, LookOnlyNote } from '../../account/look-only.tsx'
import { whenSeenAgain } from '../../live/while-visible.ts'
import { readDraft } from '../../ui/drafts.ts'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { keepFocus } from '../../ui/keep-focus.ts'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Settings } from '../../ui/settings.tsx'
import { toast } from '../../ui/toast.ts'
import { getPreferences, savePreferences } from './data.ts'
import { Fields } from './fields.tsx'
import styles from './page.module.css'
import { SuppressedNote } from './suppressed-note.tsx'
import { toChanges } from './values.ts'

export function NotificationPreferences() {
  useTitle('Notification preferences')
  return (
    <Settings>
      <Heading title="Notification preferences">
        What reaches you, where and when. It holds for you, in all your organisations.{' '}
        <A href="/notifications">Go to the inbox</A>
      </Heading>
      <Region reads={[getPreferences.key, getMe.key]} heights={[22, 10, 8]}>
        <Loaded />
      </Region>
    </Settings>
  )
}

function Loaded() {
  const me = createAsync(() => getMe())
  const preferences = createAsync(() => getPreferences())
  const lookOnly = createLookOnly()
  return (
    <Show when={me()}>
      {(person) => (
        <Show when={preferences()}>
          {(known) => (
            <Settings>
              <LookOnlyNote when={lookOnly()} />
              <Show when={known().suppressed}>
                {(suppressed) => <SuppressedNote {...suppressed()} address={person().email} mayRestore={!lookOnly()} />}
              </Show>
              <PreferencesForm preferences={known()} owner={person().id} lookOnly={lookOnly()} />
            </Settings>
          )}
        </Show>
      )}
    </Show>
  )
}

function PreferencesForm(props: { preferences: Preferences; owner: string; lookOnly: boolean }) {
  const save = useAction(savePreferences)
  /** What the fields are drawn from: anew when something else was chosen elsewhere, but not while somebody types. */
  const [shown, setShown] = createSignal(
    untrack(() => props.preferences),
    { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  )
  const isTyped = () => Object.keys(readDraft({ form: 'preferences', owner: props.owner })).length > 0
  createEffect(
    on(
      () => props.preferences,
      (now) => !isTyped() && setShown(now),
      { defer: true },
    ),
  )
  onCleanup(whenSeenAgain(() => void readAgain(getPreferences).catch(() => undefined)))
  return (
    <Form
      name="preferences"
      owner={props.owner}
      submit={async (values) => {
        await save(toChanges(values))
        toast({ title: 'Saved', detail: 'It holds from now on.' })
      }}
      onSent={() => setShown(props.preferences)}
    >
      <fieldset ref={keepFocus} tabIndex={-1} class={styles.all} disabled={props.lookOnly}>
        <legend class="unseen">What reaches you</legend>
        <Show when={shown()} keyed>
          {(preferences) => (
            <Settings>
              <Fields preferences={preferences} />
            </Settings>
          )}
        </Show>
      </fieldset>
      <Show when={!props.lookOnly}>
        <div class={styles.save}>
          <SubmitButton>Save changes</SubmitButton>
        </div>
      </Show>
    </Form>
  )
}
