import type { Profile as Person } from '@lightpress/users-contract'
import { A, createAsync, useAction } from '@solidjs/router'
import { Show } from 'solid-js'
import { getMe, removeAvatar, setAvatar, updateMe } from '../../account/data.ts'
import { createLookOnly, LookOnlyNote } from '../../account/look-only.tsx'
import { createThemeChoice } from '../../account/theme-choice.ts'
import { PictureField } from '../../pictures/picture-field.tsx'
import { screen } from '../../screen.ts'
import { Card } from '../../ui/card.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Row, Rows } from '../../ui/rows.tsx'
import { SelectField } from '../../ui/select-field.tsx'
import { Actions, Settings, SettingsGroup } from '../../ui/settings.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { theme } from '../../ui/theme.ts'
import { toast } from '../../ui/toast.ts'
import { ThemePicker } from './theme-picker.tsx'
import { timeZones } from './zones.ts'

// At the end, and what few look for: it comes beside the rest.
const YourData = screen(() => import('../personal-data/your-data.tsx'), 'YourData')

const languages: { value: Person['locale']; label: string }[] = [
  { value: 'en', label: 'English' },
  { value: 'de', label: 'Deutsch' },
  { value: 'fr', label: 'Français' },
]

export function Profile() {
  useTitle('Profile')
  const me = createAsync(() => getMe())
  return (
    <Settings>
      <Heading title="Profile">How the product knows you and speaks to you.</Heading>
      <Region reads={[getMe.key]} heights={[20, 12]}>
        <Show when={me()}>{(person) => <Fields person={person()} />}</Show>
      </Region>
      <Region reads={[getMe.key]} heights={[9, 9]}>
        <Show when={me()}>{(person) => <YourData person={person()} />}</Show>
      </Region>
    </Settings>
  )
}

function Fields(props: { person: Person }) {
  const update = useAction(updateMe)
  const setPicture = useAction(setAvatar)
  const removePicture = useAction(removeAvatar)
  const chooseTheme = createThemeChoice()
  const lookOnly = createLookOnly()
  return (
    <>
      <LookOnlyNote when={lookOnly()} />
      <SettingsGroup
        title="About you"
        lead="Your name and your picture are shown to the members of your organisations."
      >
        <Show when={!lookOnly()} fallback={<Facts person={props.person} />}>
          <Card>
            <PictureField
              label="Picture"
              name={props.person.name}
              image={props.person.avatarUrl}
              shape="round"
              onChange={setPicture}
              onRemove={removePicture}
            />
            <Form
              name="profile"
              owner={props.person.id}
              submit={async ({ name = '', locale = '', timeZone = '' }) => {
                await update({ name, locale: languages.find(({ value }) => value === locale)?.value ?? 'en', timeZone })
                toast({ title: 'Saved' })
              }}
            >
              <TextField
                name="name"
                label="Name"
                autocomplete="name"
                maxLength={100}
                value={props.person.name}
                required
              />
              <TextField
                name="email"
                label="E-mail"
                type="email"
                autocomplete="off"
                value={props.person.email}
                help={
                  <p>
                    Where we write to, and what you sign in with. <A href="/security">Change it under Security</A>
                  </p>
                }
                readOnly
              />
              <SelectField
                name="locale"
                label="Language"
                value={props.person.locale}
                options={languages}
                help="Of mails, dates and numbers."
              />
              <SelectField
                name="timeZone"
                label="Time zone"
                value={props.person.timeZone}
                options={timeZones(props.person.timeZone)}
              />
              <Actions>
                <SubmitButton>Save changes</SubmitButton>
              </Actions>
            </Form>
          </Card>
        </Show>
      </SettingsGroup>
      <SettingsGroup title="Notifications" lead="What reaches you by e-mail and in the inbox, and when.">
        <Card>
          <p>
            <A href="/notifications/preferences">Choose what reaches you</A>
          </p>
        </Card>
      </SettingsGroup>
      <SettingsGroup title="Appearance" lead="Applies at once, wherever you are signed in.">
        <Card>
          <ThemePicker value={theme()} onChange={(chosen) => void chooseTheme(chosen)} />
        </Card>
      </SettingsGroup>
    </>
  )
}

/** For whoever acts as them. */
function Facts(props: { person: Person }) {
  return (
    <Rows label="About the person">
      <Row title="Name">{props.person.name}</Row>
      <Row title="E-mail">{props.person.email}</Row>
      <Row title="Language">{languages.find(({ value }) => value === props.person.locale)?.label}</Row>
      <Row title="Time zone">{props.person.timeZone}</Row>
    </Rows>
  )
}
