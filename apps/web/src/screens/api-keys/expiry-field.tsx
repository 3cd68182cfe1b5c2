import { createSignal, Show } from 'solid-js'
import { SelectField } from '../../ui/select-field.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { dateFault, expiryChoices } from './expiry.ts'

export function ExpiryField() {
  const [choice, setChoice] = createSignal('90')
  return (
    <>
      <SelectField
        name="expiry"
        label="Expires after"
        value={choice()}
        options={expiryChoices}
        onChange={setChoice}
        help={
          choice() === 'never'
            ? 'Whoever finds it can use it for good. Choose an end if the program can do with one.'
            : 'The program is refused from then on. Make the next key before that.'
        }
      />
      <Show when={choice() === 'date'}>
        <TextField
          name="expiresAt"
          label="Last day"
          type="date"
          rule={(value) => dateFault(value, new Date())}
          autocomplete="off"
          required
        />
      </Show>
    </>
  )
}
