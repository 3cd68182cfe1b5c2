import { createAsync, useAction, useNavigate } from '@solidjs/router'
import LogOut from 'lucide-solid/icons/log-out'
import UserRound from 'lucide-solid/icons/user-round'
import { Show, Suspense } from 'solid-js'
import { getMe, signOut } from '../../account/data.ts'
import { createThemeChoice } from '../../account/theme-choice.ts'
import { beside } from '../../screen.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Menu, MenuChoice, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { theme } from '../../ui/theme.ts'
import { toastFailure } from '../../ui/toast.ts'
import styles from './sidebar.module.css'
import { themeChoices } from './theme-choices.ts'

// As at sign-in: a build for production has nothing of it.
const DevelopmentMenu = import.meta.env.DEV
  ? beside(() => import('../../development/menu.tsx'), 'DevelopmentMenu')
  : undefined

export function PersonMenu() {
  const me = createAsync(() => getMe().catch(() => undefined))
  const navigate = useNavigate()
  const leave = useAction(signOut)
  const chooseTheme = createThemeChoice()

  return (
    <Show when={me()}>
      {(person) => (
        <Menu
          fit
          class={styles.trigger}
          label="Your account"
          title={person().email}
          trigger={
            <>
              <Avatar name={person().name} image={person().avatarUrl} />
              <span class={styles.names}>
                <span class={styles.name}>{person().name}</span>
                <span class={styles.detail}>{person().email}</span>
              </span>
            </>
          }
        >
          <MenuItem icon={UserRound} onSelect={() => navigate('/profile')}>
            Profile
          </MenuItem>
          <MenuLine />
          <MenuChoice label="Theme" value={theme()} choices={themeChoices} onChange={chooseTheme} />
          {DevelopmentMenu && (
            <Suspense>
              <DevelopmentMenu email={person().email} />
            </Suspense>
          )}
          <MenuLine />
          <MenuItem icon={LogOut} onSelect={() => void leave().catch(toastFailure)}>
            Sign out
          </MenuItem>
        </Menu>
      )}
    </Show>
  )
}
