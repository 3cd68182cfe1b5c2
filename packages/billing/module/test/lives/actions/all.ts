import type { Action } from './action.ts'
import { desk } from './desk.ts'
import { paymentPages } from './payment-pages.ts'
import { people } from './people.ts'
import { plans } from './plans.ts'
import { time } from './time.ts'
import { usage } from './usage.ts'

export const actions: readonly Action[] = [...paymentPages, ...plans, ...time, ...people, ...usage, ...desk]
