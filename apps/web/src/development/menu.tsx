import { createAsync } from '@solidjs/router'
import { Show } from 'solid-js'
import { MenuChoice, MenuLine } from '../ui/menu.tsx'
import { toastFailure } from '../ui/toast.ts'
import { getSeededPeople } from './people.ts'
import { signInAs } from './sign-in-as.ts'

/** In the menu of whoever is signed in, in development: to look at the product as somebody else. */
export function DevelopmentMenu(props: { email: string }) {
  const people = createAsync(() => getSeededPeople())
  const change = (email: string) => {
    const person = people()?.find((one) => one.email === email)
    if (person) void signInAs(person).catch(toastFailure)
  }
  return (
    <Show when={people()?.length}>
      <MenuLine />
      <MenuChoice
        label="Development: sign in as…"
        value={props.email}
        choices={(people() ?? []).map(({ email, name }) => ({ value: email, label: name }))}
        onChange={change}
      />
    </Show>
  )
}
