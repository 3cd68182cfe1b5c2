import { createAsync, useAction } from '@solidjs/router'
import ChevronsUpDown from 'lucide-solid/icons/chevrons-up-down'
import { Show } from 'solid-js'
import { getActiveId, getOrganizations, switchOrganization } from '../../account/data.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Menu, MenuChoice } from '../../ui/menu.tsx'
import { toastFailure } from '../../ui/toast.ts'
import styles from './sidebar.module.css'

export function OrganizationSwitcher() {
  const organizations = createAsync(() => getOrganizations().catch(() => undefined))
  const activeId = createAsync(() => getActiveId().catch(() => undefined))
  const active = () => organizations()?.find(({ id }) => id === activeId())
  const change = useAction(switchOrganization)

  return (
    <Show when={active()}>
      {(organization) => (
        <Menu
          fit
          class={styles.trigger}
          label="Switch organisation"
          title={organization().name}
          trigger={
            <>
              <Avatar name={organization().name} shape="square" />
              <span class={styles.names}>
                <span class={styles.name}>{organization().name}</span>
              </span>
              <ChevronsUpDown size={16} />
            </>
          }
        >
          <MenuChoice
            label="Organisations"
            value={organization().id}
            choices={(organizations() ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(id) => {
              if (id !== organization().id) change(id).catch(toastFailure)
            }}
          />
        </Menu>
      )}
    </Show>
  )
}
