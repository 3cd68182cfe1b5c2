import type { MailRecord } from '@lightpress/notifications-contract'
import { A } from '@solidjs/router'
import Mail from 'lucide-solid/icons/mail'
import { Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Part, Row } from '../../ui/rows.tsx'
import { Time } from '../../ui/time.tsx'
import { timelinePath } from '../operators-timeline/subject.ts'
import { attemptsWords, mailStates, outcomes, templateWords, waits } from './words.ts'

/** One e-mail: what it was, to whom, what became of it, and the way to why. */
export function MessageRow(props: { message: MailRecord }) {
  const status = () => mailStates[props.message.status]
  const name = () => templateWords(props.message.template)
  return (
    <Row
      icon={Mail}
      tone={props.message.status === 'failed' ? 'warning' : 'neutral'}
      title={name()}
      badge={
        <>
          <Badge tone={status().tone}>{status().label}</Badge>
          <Show when={props.message.outcome}>
            {(outcome) => <Badge tone={outcomes[outcome()].tone}>{outcomes[outcome()].label}</Badge>}
          </Show>
        </>
      }
      action={
        <Show when={props.message.requestId}>
          {(requestId) => (
            <ButtonLink
              size="small"
              href={timelinePath({ requestId: requestId() }, props.message.eventId)}
              aria-label={`Why? What led to: ${name()} (${props.message.id})`}
            >
              Why?
            </ButtonLink>
          )}
        </Show>
      }
    >
      <To message={props.message} />
      <Show when={props.message.organizationId}>
        {(id) => (
          <Part>
            <A href={`/operators/organizations/${id()}`}>its organisation</A>
          </Part>
        )}
      </Show>
      <Part>
        <Time at={props.message.sentAt ?? props.message.createdAt} />
      </Part>
      <Show when={props.message.attempts > 1 || props.message.status === 'failed'}>
        <Part>{attemptsWords(props.message.attempts)}</Part>
      </Show>
      <Show when={waits(props.message, new Date())}>
        {(until) => (
          <Part>
            quiet hours end <Time at={until()} />
          </Part>
        )}
      </Show>
      <ErrorLine error={props.message.error} />
    </Row>
  )
}

/** The address is forgotten after a month, and with the person. */
function To(props: { message: MailRecord }) {
  const words = () => props.message.recipient ?? unknown(props.message)
  return (
    <>
      to{' '}
      <Show when={props.message.userId} fallback={words()}>
        {(id) => <A href={`/operators/users/${id()}`}>{words()}</A>}
      </Show>
    </>
  )
}

/** Of what was not sent, and says why, the address was never asked for. */
function unknown({ status, error }: Pick<MailRecord, 'status' | 'error'>): string {
  if (status === 'pending') return 'not known yet'
  return status === 'suppressed' && error !== null ? 'not looked up' : 'forgotten'
}
