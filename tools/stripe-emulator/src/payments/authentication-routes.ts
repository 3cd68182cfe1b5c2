import type { FastifyInstance } from 'fastify'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { noSuch } from '../http/errors.ts'
import { links } from '../links.ts'
import { formOf, ownPath, redirect, show } from '../pages/respond.ts'
import type { PaymentIntent, SetupIntent } from '../state/state.ts'
import { answeredPage, authenticationPage } from './authentication-page.ts'
import { authenticate } from './authentication.ts'

interface Visit {
  Params: { id: string }
  Querystring: { return?: unknown }
}

/** Where the holder of a card answers the bank, and the way back: to our own page that sent them, or to the caller's. */
export function registerAuthentication(app: FastifyInstance, context: () => Context): void {
  app.get<Visit>(links.authentication(':id'), (request, reply) => {
    const { state } = context()
    const intent = findIntent(request.params.id, context())
    if (intent.status !== 'requires_action') return show(reply, answeredPage(intent, ownPath(request.query.return)))
    return show(reply, authenticationPage(intent, state.paymentMethods.get(intent.payment_method ?? '')))
  })

  app.post<Visit>(links.authentication(':id'), (request, reply) => {
    const intent = findIntent(request.params.id, context())
    const back = ownPath(request.query.return) ?? intent.next_action?.redirect_to_url?.return_url ?? undefined
    // Pressed twice, the first answer counts.
    if (intent.status === 'requires_action') {
      authenticate(intent, formOf(request).answer === 'complete', onClockOf(intent.customer, context()))
    }
    if (back === undefined) return show(reply, answeredPage(intent))
    return redirect(reply, back.startsWith('/') ? back : returnUrl(back, intent))
  })
}

function findIntent(id: string, { state }: Context): PaymentIntent | SetupIntent {
  const intent = state.paymentIntents.get(id) ?? state.setupIntents.get(id)
  // https://docs.stripe.com/api/customers/delete: it "prevents any further operations".
  if (!intent || state.customers.get(intent.customer ?? '')?.deleted) throw noSuch('payment', id)
  return intent
}

/** https://docs.stripe.com/payments/payment-intents/verifying-status: what the caller finds in the address. */
function returnUrl(address: string, { id, object, client_secret, status }: PaymentIntent | SetupIntent): string {
  const url = new URL(address)
  url.searchParams.set(object, id)
  url.searchParams.set(`${object}_client_secret`, client_secret ?? '')
  url.searchParams.set('redirect_status', status === 'succeeded' ? 'succeeded' : 'failed')
  return url.href
}
