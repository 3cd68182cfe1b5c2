import type { Usage } from '@lightpress/billing-contract'

/** Of what is included, from which on somebody should know. */
const near = 0.8

export type Level = 'fine' | 'near' | 'full' | 'beyond'

/** `full`: no more can be used. `beyond`: more is used than is included, and paid for. */
export function levelOf({ used, included, metered }: Pick<Usage, 'used' | 'included' | 'metered'>): Level {
  if (metered && used > included) return 'beyond'
  if (!metered && used >= included) return 'full'
  return used >= included * near ? 'near' : 'fine'
}

/** How much of the bar is filled, and how much of that is beyond what is included; in percent of its length. */
export function barOf({ used, included }: Pick<Usage, 'used' | 'included'>): { within: number; beyond: number } {
  const whole = Math.max(used, included, 1)
  const within = (Math.min(used, included) / whole) * 100
  return { within, beyond: used > included ? 100 - within : 0 }
}

/** The height of each day's bar, in percent of the highest; what was used at all can be seen. */
export function dayBars(days: Usage['days']): { date: string; quantity: number; height: number }[] {
  const most = Math.max(1, ...days.map(({ quantity }) => quantity))
  return days.map(({ date, quantity }) => ({
    date,
    quantity,
    height: quantity === 0 ? 0 : Math.max(4, (quantity / most) * 100),
  }))
}
