import type { TrailItem } from '@lightpress/protocol'
import Bell from 'lucide-solid/icons/bell'
import CircleDollarSign from 'lucide-solid/icons/circle-dollar-sign'
import Cog from 'lucide-solid/icons/cog'
import Hand from 'lucide-solid/icons/hand'
import Mail from 'lucide-solid/icons/mail'
import Webhook from 'lucide-solid/icons/webhook'
import Zap from 'lucide-solid/icons/zap'

export const kindIcons = {
  event: Zap,
  job: Cog,
  audit: Hand,
  message: Mail,
  notice: Bell,
  webhook: Webhook,
  charge: CircleDollarSign,
} satisfies Record<TrailItem['kind'], unknown>
