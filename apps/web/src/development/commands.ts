import UserRoundCog from 'lucide-solid/icons/user-round-cog'
import type { PaletteCommand } from '../ui/command-palette.tsx'
import { toastFailure } from '../ui/toast.ts'
import { getSeededPeople } from './people.ts'
import { signInAs } from './sign-in-as.ts'

/** The same in the palette. */
export async function developmentCommands(): Promise<PaletteCommand[]> {
  const people = await getSeededPeople()
  return people.map((person) => ({
    label: `Sign in as ${person.name}`,
    group: 'Development',
    words: `${person.email} ${person.role} switch person`,
    icon: UserRoundCog,
    run: () => signInAs(person).catch(toastFailure),
  }))
}
