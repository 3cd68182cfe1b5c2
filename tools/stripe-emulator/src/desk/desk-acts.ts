import { startAdvancing } from '../clocks/advance.ts'
import type { Context } from '../context.ts'
import { newRule } from '../control/chaos-rules.ts'
import type { Controls } from '../control/controls.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { ownPath } from '../pages/respond.ts'
import { mishaps } from './chaos-page.ts'
import { overlaps } from './endpoint-page.ts'
import { destination } from './moves.ts'
import type { Query } from './query.ts'

/** What a button does, and where it leads. */
export type Act = (given: { id: string; form: Query }, ctx: Context) => string | Promise<string>

/** Every button of the desk, by the path that its form is sent to. */
export function acts(controls: Controls): Record<string, Act> {
  return {
    '/webhooks/:id/redeliver': ({ id, form }) => {
      controls.redeliver(id)
      return ownPath(form.back) ?? '/webhooks'
    },

    '/endpoints/:id/roll': ({ id, form: { overlap = '' } }) => {
      if (!overlaps.has(overlap)) throw invalidRequest('Say when the old secret ends.')
      controls.rollSecret(id, Number(overlap))
      return `/endpoints/${id}`
    },

    '/clocks/:id': async ({ id, form }, ctx) => {
      const asked = { by: form.by ?? '', to: form.to ?? '' }
      if (id === 'account') {
        const to = destination(asked, { clock: null, now: ctx.now }, ctx.state)
        await controls.moveClock(to, { settle: false })
        return `/clocks?from=${ctx.now}&to=${to}`
      }
      const clock = ctx.state.testClocks.get(id)
      if (!clock) throw noSuch('test clock', id)
      const from = clock.frozen_time
      const to = destination(asked, { clock: id, now: from }, ctx.state)
      startAdvancing(clock, to, ctx)
      return `/clocks?from=${from}&to=${to}#${id}`
    },

    '/chaos': ({ form: { mishap = '' } }) => {
      const chosen = mishaps.get(mishap)
      if (!chosen) throw invalidRequest('Say what is to go wrong.')
      controls.addChaos(newRule.parse(chosen.rule))
      return '/chaos'
    },

    '/chaos/clear': () => {
      controls.clearChaos()
      return '/chaos'
    },

    '/chaos/:id': ({ id, form: { on } }) => {
      if (on === 'never') controls.removeChaos(id)
      else controls.switchChaos(id, on === 'true')
      return '/chaos'
    },

    '/reset': async ({ form: { sure } }) => {
      if (sure !== 'yes') return '/reset?missing=sure'
      await controls.reset()
      return '/'
    },
  }
}
