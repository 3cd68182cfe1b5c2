import type { Preferences } from '@lightpress/notifications-contract'
import { createSignal, untrack } from 'solid-js'
import { useForm } from '../../ui/form.tsx'
import { SettingsGroup } from '../../ui/settings.tsx'
import { CategoryTable } from './category-table.tsx'
import { DigestFields } from './digest-fields.tsx'
import { QuietFields } from './quiet-fields.tsx'
import { beginning, fields } from './values.ts'

/** When a digest is sent is asked for once there is something that goes into one. Drawn once: they belong to who types. */
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
      <SettingsGroup
        title="Digest"
        lead="One mail with what happened since the last, and none when nothing did."
        hidden={!Object.values(byEmail()).includes('digest')}
      >
        <DigestFields preferences={props.preferences} />
      </SettingsGroup>
      <SettingsGroup
        title="Quiet hours"
        lead="E-mail that comes meanwhile waits until they end. Security notices, mails you ask for and digests, which come at their hour, do not wait."
      >
        <QuietFields preferences={props.preferences} />
      </SettingsGroup>
      <input
        type="hidden"
        name={fields.began}
        value={untrack(() => form.draft(fields.began) ?? beginning(props.preferences))}
      />
    </>
  )
}
