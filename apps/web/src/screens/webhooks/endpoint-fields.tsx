import type { WebhookEndpoint, WebhookEventType } from '@lightpress/notifications-contract'
import { CheckField } from '../../ui/check-field.tsx'
import { checkedOf, checkName, ChecksField } from '../../ui/checks-field.tsx'
import type { Rule, Values } from '../../ui/form.tsx'
import { TextField } from '../../ui/text-field.tsx'
import styles from './endpoint-fields.module.css'
import { eventTypeGroups, eventTypes, eventTypeWords } from './event-types.ts'

/** The server decides where we may send; this is for slips of the hand. */
const urlRule: Rule = (value) =>
  /^https?:\/\/[^\s/]/i.test(value.trim()) ? undefined : 'A whole address, please: it begins with https://.'

/** What the form has, as the server takes it. */
export function endpointOf(values: Values) {
  const chosen = checkedOf(values, 'eventTypes')
  return {
    url: (values.url ?? '').trim(),
    description: (values.description ?? '').trim(),
    eventTypes: eventTypes.filter((type) => chosen.includes(type)),
  }
}

/** Where to send, what for, and what of. For a new one nothing is ticked: a program hears of what it asked for. */
export function EndpointFields(props: { endpoint?: WebhookEndpoint; lookOnly?: boolean }) {
  return (
    <fieldset class={styles.fields} disabled={props.lookOnly === true}>
      <legend class="unseen">Where we send, and what of</legend>
      <TextField
        name="url"
        label="URL"
        type="url"
        inputmode="url"
        help="Of your own server, where we can reach it. We send a POST request with JSON."
        placeholder="https://example.com/webhooks"
        value={props.endpoint?.url ?? ''}
        rule={urlRule}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={2000}
        required
      />
      <TextField
        name="description"
        label="Description"
        help="What listens there. Only you see it."
        placeholder="Keeps our CRM up to date"
        value={props.endpoint?.description ?? ''}
        autocomplete="off"
        maxLength={200}
      />
      <ChecksField
        name="eventTypes"
        label="What it hears of"
        groups={eventTypeGroups}
        missing="Choose what it hears of, one at least."
        all
      >
        {(type) => <TypeChoice type={type} checked={props.endpoint?.eventTypes.includes(type) ?? false} />}
      </ChecksField>
    </fieldset>
  )
}

function TypeChoice(props: { type: WebhookEventType; checked: boolean }) {
  return (
    <CheckField
      name={checkName('eventTypes', props.type)}
      checked={props.checked}
      label={
        <span class={styles.type}>
          {eventTypeWords(props.type)} <code class={styles.name}>{props.type}</code>
        </span>
      }
    />
  )
}
