import type { Preferences } from '@lightpress/notifications-contract'
import { createSignal, Show } from 'solid-js'
import { Card } from '../../ui/card.tsx'
import { useForm } from '../../ui/form.tsx'
import { formats } from '../../ui/formats.ts'
import { SegmentedField } from '../../ui/segmented-field.tsx'
import { SelectField } from '../../ui/select-field.tsx'
import styles from './page.module.css'
import { dayAndTime, hourOptions, weekdayOptions } from './times.ts'
import { fields, frequencies } from './values.ts'
import { ZoneNote } from './zone-note.tsx'

export function DigestFields(props: { preferences: Preferences }) {
  const form = useForm()
  const plan = () => props.preferences.digest
  const [frequency, setFrequency] = createSignal(form.draft(fields.frequency) ?? plan().frequency)
  return (
    <Card>
      <SegmentedField
        name={fields.frequency}
        label="How often"
        value={plan().frequency}
        options={frequencies}
        onChange={setFrequency}
      />
      <div class={styles.pair}>
        {/* Hidden, it keeps what was chosen in it. */}
        <div hidden={frequency() !== 'weekly'}>
          <SelectField
            name={fields.weekday}
            label="On"
            value={String(plan().weekday)}
            options={weekdayOptions(formats().locale)}
          />
        </div>
        <SelectField
          name={fields.hour}
          label="At"
          value={String(plan().hour)}
          options={hourOptions(formats().locale)}
        />
      </div>
      <Show when={props.preferences.nextDigestAt}>
        {(at) => (
          <p class={styles.muted}>
            As saved, the next one is due on{' '}
            <time datetime={at()}>{dayAndTime(at(), formats().locale, props.preferences.timeZone)}</time>.
          </p>
        )}
      </Show>
      <ZoneNote timeZone={props.preferences.timeZone} />
    </Card>
  )
}
