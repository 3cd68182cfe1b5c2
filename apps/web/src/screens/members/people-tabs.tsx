import { Tabs } from '../../ui/tabs.tsx'

/** Those who are in an organisation, and those who are asked to come; the latter are for whoever asks them. */
export function PeopleTabs() {
  return (
    <Tabs
      label="People"
      tabs={[
        { href: '/organization/members', label: 'Members' },
        { href: '/organization/invitations', label: 'Invitations' },
      ]}
    />
  )
}
