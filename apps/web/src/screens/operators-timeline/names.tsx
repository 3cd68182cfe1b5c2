import { A, createAsync } from '@solidjs/router'
import { type JSX, Show, Suspense } from 'solid-js'
import { getOrganization } from '../operators-organizations/data.ts'
import { getUser } from '../operators-users/data.ts'

/** A person by their id: their name comes when it is known, and does not keep the rest waiting. */
export function PersonLink(props: { id: string }) {
  const person = createAsync(() => getUser(props.id).catch(() => undefined))
  return (
    <Late
      to={`/operators/users/${props.id}`}
      name={() => nameOf(person(), (known) => known.user.name)}
      unknown="somebody"
      gone="somebody who is gone"
    />
  )
}

export function OrganizationLink(props: { id: string }) {
  const organization = createAsync(() => getOrganization(props.id).catch(() => undefined))
  return (
    <Late
      to={`/operators/organizations/${props.id}`}
      name={() => nameOf(organization(), (known) => known.organization.name)}
      unknown="an organisation"
      gone="an organisation that is gone"
    />
  )
}

/** Null for what is gone, undefined for what could not be asked. */
function nameOf<T extends object>(known: T | null | undefined, name: (known: T) => string): string | null | undefined {
  if (known === null || known === undefined) return known
  return name(known)
}

interface LateProps {
  to: string
  name: () => string | null | undefined
  unknown: string
  gone: string
}

function Late(props: LateProps) {
  const link = (words: JSX.Element) => (
    <A href={props.to} dir="auto">
      {words}
    </A>
  )
  return (
    <Suspense fallback={link(props.unknown)}>
      <Show when={props.name() !== null} fallback={props.gone}>
        {link(props.name() ?? props.unknown)}
      </Show>
    </Suspense>
  )
}
