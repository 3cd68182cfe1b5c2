import type { PlanId, SubscriptionStatus } from '@lightpress/billing-contract'
import { formatMoney, type Locale } from './formats.ts'
import type { ReceiptData } from './messages.ts'

// What stands in the inbox, in three languages. Pure: no I/O and no clock.

export interface Text {
  title: string
  body: string
}

type Texts<D> = Record<Locale, (data: D) => Text>

/** Names, not words: the same in every language. */
export const planNames: Record<PlanId, string> = { free: 'Free', pro: 'Pro', business: 'Business' }

export function welcome(locale: Locale): Text {
  return welcomes[locale]
}

export function paymentReceived({ number, planId, total }: Omit<ReceiptData, 'paidAt'>, locale: Locale): Text {
  const plan = planId && planNames[planId]
  return payments[locale]({ amount: formatMoney(total, locale), plan, number })
}

export interface SubscriptionFacts {
  organizationName: string
  planId: PlanId
  status: SubscriptionStatus
}

/** Null where there is nothing that a person needs to hear. */
export function subscriptionNews({ organizationName, planId, status }: SubscriptionFacts, locale: Locale): Text | null {
  const data = { organization: organizationName, plan: planNames[planId] }
  switch (status) {
    case 'trialing':
      return trials[locale](data)
    case 'past_due':
      return overdue[locale](data)
    case 'unpaid':
      return paused[locale](data)
    case 'canceled':
      return ended[locale](data)
    // Active is told by the receipt, incomplete is a checkout that goes on.
    case 'active':
    case 'incomplete':
      return null
  }
}

const welcomes: Record<Locale, Text> = {
  en: {
    title: 'Welcome to Lightpress',
    body: 'Your workspace is ready. Here you will find what happens in it.',
  },
  de: {
    title: 'Willkommen bei Lightpress',
    body: 'Ihr Arbeitsbereich ist bereit. Hier finden Sie, was darin geschieht.',
  },
  fr: {
    title: 'Bienvenue sur Lightpress',
    body: 'Votre espace de travail est prêt. Vous trouverez ici ce qui s’y passe.',
  },
}

interface Payment {
  amount: string
  plan: string | null
  number: string | null
}

const payments: Texts<Payment> = {
  en: ({ amount, plan, number }) => ({
    title: 'Payment received',
    body: `Thank you for ${amount}${plan ? ` for ${plan}` : ''}.${number ? ` Invoice ${number}.` : ''}`,
  }),
  de: ({ amount, plan, number }) => ({
    title: 'Zahlung erhalten',
    body: `Danke für ${amount}${plan ? ` für ${plan}` : ''}.${number ? ` Rechnung ${number}.` : ''}`,
  }),
  fr: ({ amount, plan, number }) => ({
    title: 'Paiement reçu',
    body: `Merci pour votre paiement de ${amount}${plan ? ` pour ${plan}` : ''}.${number ? ` Facture ${number}.` : ''}`,
  }),
}

interface Change {
  organization: string
  plan: string
}

const trials: Texts<Change> = {
  en: ({ organization, plan }) => ({
    title: `Your ${plan} trial has started`,
    body: `${organization} can use everything in ${plan} now.`,
  }),
  de: ({ organization, plan }) => ({
    title: `Ihre Testphase von ${plan} hat begonnen`,
    body: `${organization} kann jetzt alles nutzen, was ${plan} bietet.`,
  }),
  fr: ({ organization, plan }) => ({
    title: `Votre essai de ${plan} a commencé`,
    body: `${organization} peut utiliser dès maintenant tout ce que ${plan} propose.`,
  }),
}

const overdue: Texts<Change> = {
  en: ({ organization, plan }) => ({
    title: 'A payment did not go through',
    body: `Please check how ${organization} pays, so that you keep ${plan}.`,
  }),
  de: ({ organization, plan }) => ({
    title: 'Eine Zahlung ist fehlgeschlagen',
    body: `Bitte prüfen Sie die Zahlungsart von ${organization}, damit Sie ${plan} behalten.`,
  }),
  fr: ({ organization, plan }) => ({
    title: 'Un paiement n’a pas abouti',
    body: `Vérifiez le moyen de paiement de ${organization} pour conserver ${plan}.`,
  }),
}

const paused: Texts<Change> = {
  en: ({ organization, plan }) => ({
    title: `${plan} is paused`,
    body: `We could not collect the payment for ${organization}. Nothing was deleted; pay the open invoice to go on.`,
  }),
  de: ({ organization, plan }) => ({
    title: `${plan} ist angehalten`,
    body: `Die Zahlung für ${organization} kam nicht zustande. Nichts wurde gelöscht; mit der offenen Rechnung geht es weiter.`,
  }),
  fr: ({ organization, plan }) => ({
    title: `${plan} est suspendu`,
    body: `Le paiement de ${organization} n’a pas abouti. Rien n’a été supprimé ; réglez la facture ouverte pour continuer.`,
  }),
}

const ended: Texts<Change> = {
  en: ({ organization }) => ({
    title: 'Your subscription has ended',
    body: `${organization} is on the Free plan now. Nothing was deleted.`,
  }),
  de: ({ organization }) => ({
    title: 'Ihr Abonnement ist beendet',
    body: `${organization} nutzt jetzt den Free-Tarif. Nichts wurde gelöscht.`,
  }),
  fr: ({ organization }) => ({
    title: 'Votre abonnement a pris fin',
    body: `${organization} utilise maintenant la formule Free. Rien n’a été supprimé.`,
  }),
}
