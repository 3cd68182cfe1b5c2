import type { Organization } from '@lightpress/users-contract'
import Settings from 'lucide-solid/icons/settings'
import { Show } from 'solid-js'
import { createActiveOrganization } from '../../account/active-organization.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { formats } from '../../ui/formats.ts'
import { Heading } from '../../ui/heading.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import styles from './page.module.css'

const roles = { owner: 'You own it.', admin: 'You administer it.', member: 'You are a member.' }

export function OrganizationHeading() {
  const organization = createActiveOrganization()
  return (
    <Show when={organization()}>
      {(known) => (
        <div class={styles.organization}>
          <Avatar name={known().name} image={known().logoUrl} size="medium" shape="square" />
          <Heading
            level={2}
            title={<Truncate text={known().name} />}
            beside={
              <ButtonLink
                href="/organization"
                variant="quiet"
                size="small"
                square
                aria-label="Settings of the organisation"
              >
                <Settings size={16} />
              </ButtonLink>
            }
          >
            {describe(known(), formats().locale)}
          </Heading>
        </div>
      )}
    </Show>
  )
}

function describe({ personal, memberCount, role }: Organization, locale: string): string {
  if (personal) return 'A personal organisation.'
  return `${memberCount.toLocaleString(locale)} ${memberCount === 1 ? 'member' : 'members'}. ${roles[role]}`
}
