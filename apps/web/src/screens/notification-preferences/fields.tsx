import type { Preferences } from '@lightpress/notifications-contract'
import { createSignal, Show } from 'solid-js'
import { useForm } from '../../ui/form.tsx'
import { SettingsGroup } from '../../ui/settings.tsx'
import { CategoryTable } from './category-table.tsx'
import { DigestFields } from './digest-fields.tsx'
import { QuietFields } from './quiet-fields.tsx'
import { fields } from './values.ts'

/** When a digest is sent is asked for once there is something that goes into one. */
export function Fields(props: { preferences: Preferences }) {
  const form = useForm()
  const open = props.preferences.categories.filter(({ locked }) => !locked)
  const [byEmail, setByEmail] = createSignal<Record<string, string>>(
    Object.fromEntries(
      open.map(({ category, email }) => [category, form.draft(fields.channel(category, 'email')) ?? email]),
    ),
  )
  return (
    <>
      <SettingsGroup
        title="What you hear of"
        lead="The inbox is in the product, behind the bell. E-mail comes as it happens, or gathered in a digest."
      >
        <CategoryTable
          choices={props.preferences.categories}
          onEmail={(category, mode) => setByEmail((before) => ({ ...before, [category]: mode }))}
        />
      </SettingsGroup>
      <Show when={Object.values(byEmail()).includes('digest')}>
        <SettingsGroup title="Digest" lead="One mail with what happened since the last, and none when nothing did.">
          <DigestFields preferences={props.preferences} />
        </SettingsGroup>
      </Show>
      <SettingsGroup
        title="Quiet hours"
        lead="E-mail that comes meanwhile waits until they end. Security notices and mails you ask for do not wait."
      >
        <QuietFields preferences={props.preferences} />
      </SettingsGroup>
    </>
  )
}
