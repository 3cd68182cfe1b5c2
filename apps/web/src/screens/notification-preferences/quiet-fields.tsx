import type { Preferences } from '@lightpress/notifications-contract'
import { createSignal, Show } from 'solid-js'
import { Card } from '../../ui/card.tsx'
import { useForm } from '../../ui/form.tsx'
import { SwitchField } from '../../ui/switch-field.tsx'
import { TextField } from '../../ui/text-field.tsx'
import styles from './page.module.css'
import { endRule, endsNextDay, fields, usualNight } from './values.ts'
import { ZoneNote } from './zone-note.tsx'

export function QuietFields(props: { preferences: Preferences }) {
  const form = useForm()
  const begin = props.preferences.quietHours ?? usualNight
  const [on, setOn] = createSignal(
    form.hasDraft ? form.draft(fields.quiet) === 'on' : props.preferences.quietHours !== null,
  )
  const [from, setFrom] = createSignal(form.draft(fields.from) ?? begin.from)
  const [to, setTo] = createSignal(form.draft(fields.to) ?? begin.to)
  return (
    <Card>
      <SwitchField
        name={fields.quiet}
        label="Hold e-mail back while it is quiet"
        on={props.preferences.quietHours !== null}
        onChange={setOn}
      />
      <Show when={on()}>
        <div class={styles.pair}>
          <TextField
            name={fields.from}
            label="From"
            type="time"
            value={from()}
            onInput={({ currentTarget: { value } }) => setFrom(value)}
            required
          />
          <TextField
            name={fields.to}
            label="Until"
            type="time"
            value={to()}
            onInput={({ currentTarget: { value } }) => setTo(value)}
            help={endsNextDay({ from: from(), to: to() }) && 'The next morning.'}
            rule={endRule}
            required
          />
        </div>
        <ZoneNote timeZone={props.preferences.timeZone} />
      </Show>
    </Card>
  )
}
