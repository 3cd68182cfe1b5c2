import { createAsync, useAction, useNavigate } from '@solidjs/router'
import ChevronsUpDown from 'lucide-solid/icons/chevrons-up-down'
import Plus from 'lucide-solid/icons/plus'
import Settings from 'lucide-solid/icons/settings'
import { Show } from 'solid-js'
import { getActiveId, getOrganizations, switchOrganization } from '../../account/data.ts'
import { createLookOnly } from '../../account/look-only.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Menu, MenuChoice, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { toastFailure } from '../../ui/toast.ts'
import styles from './sidebar.module.css'

export function OrganizationSwitcher(props: { onCreate: () => void }) {
  const organizations = createAsync(() => getOrganizations().catch(() => undefined))
  const activeId = createAsync(() => getActiveId().catch(() => undefined))
  const active = () => organizations()?.find(({ id }) => id === activeId())
  const lookOnly = createLookOnly()
  const navigate = useNavigate()
  const change = useAction(switchOrganization)

  return (
    <Show when={organizations()}>
      {(known) => (
        <Menu
          fit
          class={styles.trigger}
          label="Switch organisation"
          title={active()?.name ?? ''}
          trigger={
            <>
              <Show when={active()} fallback={<span class={styles.names}>No organisation</span>}>
                {(organization) => (
                  <>
                    <Avatar name={organization().name} image={organization().logoUrl} shape="square" />
                    <span class={styles.names}>
                      <bdi class={styles.name}>{organization().name}</bdi>
                    </span>
                  </>
                )}
              </Show>
              <ChevronsUpDown size={16} />
            </>
          }
        >
          <MenuChoice
            label="Organisations"
            value={active()?.id ?? ''}
            choices={known().map(({ id, name, logoUrl, suspended }) => ({
              value: id,
              label: name,
              picture: <Avatar name={name} image={logoUrl} shape="square" />,
              note: suspended && <Badge tone="danger">Suspended</Badge>,
              disabled: suspended,
            }))}
            onChange={(id) => {
              if (id !== active()?.id) change(id).catch(toastFailure)
            }}
          />
          <MenuLine />
          <Show when={active()}>
            <MenuItem icon={Settings} onSelect={() => navigate('/organization')}>
              Organisation settings
            </MenuItem>
          </Show>
          <Show when={!lookOnly()}>
            <MenuItem icon={Plus} onSelect={() => props.onCreate()}>
              Create an organisation
            </MenuItem>
          </Show>
        </Menu>
      )}
    </Show>
  )
}
