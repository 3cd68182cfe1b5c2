import type { Device } from '@lightpress/auth-contract'
import CircleHelp from 'lucide-solid/icons/circle-question-mark'
import Monitor from 'lucide-solid/icons/monitor'
import Smartphone from 'lucide-solid/icons/smartphone'
import SquareTerminal from 'lucide-solid/icons/square-terminal'
import Tablet from 'lucide-solid/icons/tablet'

export const deviceIcons = {
  desktop: Monitor,
  phone: Smartphone,
  tablet: Tablet,
  program: SquareTerminal,
  unknown: CircleHelp,
} satisfies Record<Device['kind'], unknown>
