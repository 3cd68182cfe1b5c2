import { createAsync, useAction, useNavigate } from '@solidjs/router'
import Building from 'lucide-solid/icons/building'
import LogOut from 'lucide-solid/icons/log-out'
import Plus from 'lucide-solid/icons/plus'
import { getActiveId, getOrganizations, signOut, switchOrganization } from '../../account/data.ts'
import { createKnownSession } from '../../account/known-session.ts'
import { createThemeChoice } from '../../account/theme-choice.ts'
import { CommandPalette, type PaletteCommand } from '../../ui/command-palette.tsx'
import { toastFailure } from '../../ui/toast.ts'
import { sectionsFor } from './sections.ts'
import { themeChoices } from './theme-choices.ts'

// As at sign-in: a build for production has nothing of it.
const developmentCommands = async (): Promise<PaletteCommand[]> =>
  import.meta.env.DEV ? (await import('../../development/commands.ts')).developmentCommands() : []

export function Palette(props: { onClose: () => void; createOrganization: () => void }) {
  const navigate = useNavigate()
  const chooseTheme = createThemeChoice()
  const change = useAction(switchOrganization)
  const leave = useAction(signOut)
  const organizations = createAsync(() => getOrganizations().catch(() => undefined))
  const activeId = createAsync(() => getActiveId().catch(() => undefined))

  const session = createKnownSession()
  const development = createAsync(developmentCommands, { initialValue: [] })

  const commands = (): PaletteCommand[] => [
    ...sectionsFor(session())
      .flatMap(({ sections }) => sections)
      .map(({ href, ...section }) => ({ ...section, group: 'Go to', run: () => navigate(href) })),
    ...(organizations() ?? [])
      .filter(({ id, suspended }) => id !== activeId() && !suspended)
      .map(({ id, name }) => ({
        label: name,
        group: 'Switch organisation',
        icon: Building,
        run: () => change(id).catch(toastFailure),
      })),
    ...(session()?.impersonation
      ? []
      : [
          {
            label: 'Create an organisation',
            group: 'Organisation',
            words: 'new company team workspace',
            icon: Plus,
            run: props.createOrganization,
          },
        ]),
    ...themeChoices.map(({ value, label, icon }) => ({
      label: `${label} theme`,
      group: 'Change theme',
      words: 'appearance colours mode',
      icon,
      run: () => chooseTheme(value),
    })),
    ...development(),
    {
      label: 'Sign out',
      group: 'Account',
      words: 'leave log out',
      icon: LogOut,
      run: () => leave().catch(toastFailure),
    },
  ]

  return <CommandPalette onClose={() => props.onClose()} commands={commands()} />
}
