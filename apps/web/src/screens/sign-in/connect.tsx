import { createAsync, useAction, useSearchParams } from '@solidjs/router'
import { nextPath } from '../../api/next-path.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { linkProvider } from './connect-data.ts'
import { getProviders, nameOfProvider } from './providers.ts'

/**
 * After a sign-in that a provider could not do, since somebody has the address it told: whether it may from now on. A
 * question, and not done at once: who sits there sees first whose account it is.
 */
export function Connect() {
  useTitle('Link a sign-in')
  const [search] = useSearchParams<{ provider: string; next: string }>()
  const providers = createAsync(() => getProviders())
  const link = useAction(linkProvider)
  const name = () => nameOfProvider(providers(), search.provider)
  const next = () => nextPath(search.next, location.origin)
  return (
    <>
      <Heading title={`Link ${name()} to your account?`}>
        From then on it signs you in here, without a password.
      </Heading>
      <Form submit={() => link(search.provider ?? '', next())}>
        <SubmitButton wide>Link {name()}</SubmitButton>
      </Form>
      <ButtonLink href={next()} wide>
        Not now
      </ButtonLink>
    </>
  )
}
