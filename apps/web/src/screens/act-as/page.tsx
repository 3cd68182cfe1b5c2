import { AppError, isAppError } from '@lightpress/protocol'
import { createAsync, useAction, useSearchParams } from '@solidjs/router'
import { Show } from 'solid-js'
import { takeActingEnd } from '../../account/acting-end.ts'
import { getMe, getSession } from '../../account/data.ts'
import { actAs } from '../../account/impersonation.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { Card } from '../../ui/card.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { personRule } from '../../ui/person-rule.ts'
import { Region } from '../../ui/region.tsx'
import { Actions, Settings, SettingsGroup } from '../../ui/settings.tsx'
import { TextField } from '../../ui/text-field.tsx'

export function ActAs() {
  useTitle('Act as a person')
  const ended = takeActingEnd()
  return (
    <Region reads={[getSession.key, getMe.key]} heights={[3, 20]}>
      <OperatorsOnly title="Act as a person">
        <Settings>
          <Heading title="Act as a person">See what they see, to help them with it.</Heading>
          <Show when={ended}>
            {(name) => (
              <Note tone="info" title={`You no longer act as ${name()}`}>
                <p>It was ended, or the hour is over. What you see and do is your own again.</p>
              </Note>
            )}
          </Show>
          <SettingsGroup
            title="Whom, and why"
            lead="For an hour at most. They are told, and all that you do is recorded under both names. Credentials, the address and the account itself stay out of reach."
          >
            <ActForm />
          </SettingsGroup>
        </Settings>
      </OperatorsOnly>
    </Region>
  )
}

/** Of the field, and not of the form: it is where another word helps. */
function nobodyOnField(error: unknown): never {
  if (!isAppError(error) || error.reason !== 'auth.nobody_to_impersonate') throw error
  const message = 'Nobody with this address or id whom you may act as: operators and suspended people are not.'
  throw new AppError(error.code, error.reason, message, { errors: [{ path: 'person', message }], cause: error })
}

function ActForm() {
  // From the page of somebody: what was typed for another one is not for them.
  const [search] = useSearchParams<{ person: string }>()
  const me = createAsync(() => getMe())
  const act = useAction(actAs)
  const submit = ({ person = '', reason = '' }) => act(person.trim(), reason.trim()).catch(nobodyOnField)
  return (
    <Card>
      <Show when={me()}>
        {(operator) => (
          <Form
            name={search.person === undefined ? 'act-as' : `act-as ${search.person}`}
            owner={operator().id}
            submit={submit}
          >
            <TextField
              name="person"
              label="Person"
              help="Their address, or their id."
              value={search.person ?? ''}
              rule={personRule}
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              required
            />
            <TextField
              name="reason"
              label="Reason"
              help="For the audit log: the ticket, or what they asked for."
              rule={(value) => (value.trim().length < 3 ? 'A few words, please.' : undefined)}
              maxLength={500}
              autocomplete="off"
              required
            />
            <Actions>
              <SubmitButton>Act as this person</SubmitButton>
            </Actions>
          </Form>
        )}
      </Show>
    </Card>
  )
}
