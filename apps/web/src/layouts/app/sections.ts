import Bell from 'lucide-solid/icons/bell'
import CreditCard from 'lucide-solid/icons/credit-card'
import LayoutDashboard from 'lucide-solid/icons/layout-dashboard'
import ShieldCheck from 'lucide-solid/icons/shield-check'
import UserRound from 'lucide-solid/icons/user-round'

/** Where one can go when signed in: the sidebar and the palette say the same. */
export const sections = [
  { href: '/dashboard', label: 'Dashboard', icon: LayoutDashboard, words: 'home start overview' },
  { href: '/notifications', label: 'Notifications', icon: Bell, words: 'inbox messages unread' },
  { href: '/billing', label: 'Billing', icon: CreditCard, words: 'plan subscription invoices payment upgrade' },
  { href: '/profile', label: 'Profile', icon: UserRound, words: 'settings name language time zone theme' },
  {
    href: '/security',
    label: 'Security',
    icon: ShieldCheck,
    words: 'password e-mail address sessions devices activity',
  },
] as const
