import { readSession } from '../../api/session-note.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'

/** All that a link can be that leads nowhere: which of it, the server tells nobody. */
export function Over() {
  return (
    <>
      <div role="alert">
        <Heading title="This invitation does not work any more">
          It ran out, was taken back, or has been used; or the link is not whole.
        </Heading>
      </div>
      <Note tone="info" title="What to do">
        <p>
          Joined already? {readSession() ? 'Switch to the organisation, at the top of the menu.' : 'Sign in.'} If not,
          ask whoever invited you to send it again.
        </p>
      </Note>
      <ButtonLink href={readSession() ? '/dashboard' : '/sign-in'} variant="primary" wide>
        {readSession() ? 'Go to your dashboard' : 'Sign in'}
      </ButtonLink>
    </>
  )
}
