import { readSession } from '../../api/session-note.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { wayToPreferences } from './data.ts'

/** For whoever came without a token that is good for something. */
export function NoLink() {
  const signedIn = readSession() !== undefined
  return (
    <>
      <Heading title="This link does not work" />
      <div role="alert">
        <Note tone="warning" title="Nothing was changed">
          It is not whole, or its account is gone. Open it from the mail, or copy all of it; or choose in your
          preferences what reaches you.
        </Note>
      </div>
      <ButtonLink href={wayToPreferences(signedIn)} variant="primary" wide>
        {signedIn ? 'Go to your preferences' : 'Sign in to choose'}
      </ButtonLink>
    </>
  )
}
