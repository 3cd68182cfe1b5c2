import type { ActivityAction } from '@lightpress/users-contract'
import Building from 'lucide-solid/icons/building'
import Crown from 'lucide-solid/icons/crown'
import Download from 'lucide-solid/icons/download'
import ImageIcon from 'lucide-solid/icons/image'
import Lock from 'lucide-solid/icons/lock'
import LockOpen from 'lucide-solid/icons/lock-open'
import Mail from 'lucide-solid/icons/mail'
import MailX from 'lucide-solid/icons/mail-x'
import Pencil from 'lucide-solid/icons/pencil'
import UserCog from 'lucide-solid/icons/user-cog'
import UserMinus from 'lucide-solid/icons/user-minus'
import UserPlus from 'lucide-solid/icons/user-plus'
import Webhook from 'lucide-solid/icons/webhook'

const icons = {
  organization_created: Building,
  organization_renamed: Pencil,
  logo_changed: ImageIcon,
  logo_removed: ImageIcon,
  member_invited: Mail,
  invitation_resent: Mail,
  invitation_revoked: MailX,
  member_joined: UserPlus,
  member_left: UserMinus,
  member_removed: UserMinus,
  role_changed: UserCog,
  ownership_transferred: Crown,
  export_requested: Download,
  organization_suspended: Lock,
  organization_restored: LockOpen,
  webhook_added: Webhook,
  webhook_repointed: Webhook,
  webhook_enabled: Webhook,
  webhook_disabled: Webhook,
  webhook_secret_rotated: Webhook,
  webhook_deleted: Webhook,
} satisfies Record<ActivityAction, unknown>

export function activityIcons(action: ActivityAction) {
  return Object.hasOwn(icons, action) ? icons[action] : Building
}
