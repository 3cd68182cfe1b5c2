import type { PlanId } from '@lightpress/billing-contract'
import { formatDate, formatMoney, type Locale } from './formats.ts'
import type { PaymentFailedData, ReceiptData, TrialEndingData } from './messages.ts'
import { stageOf, type Stage } from './payment-stage.ts'
import type { Standing } from './standing.ts'
import { planNames, type Text } from './texts.ts'

// What stands in the inbox of money, in three languages. Pure: no I/O and no clock.

export interface Reader {
  locale: Locale
  /** Of the IANA database. */
  timeZone: string
}

export function paymentReceived({ number, planId, total }: Omit<ReceiptData, 'paidAt'>, { locale }: Reader): Text {
  const plan = planId && planNames[planId]
  return payments[locale]({ amount: formatMoney(total, locale), plan, number })
}

/** Null where there is nothing that a person needs to hear, or hears otherwise. */
export function subscriptionNews(
  { organizationName, planId, standing }: { organizationName: string; planId: PlanId; standing: Standing },
  { locale }: Reader,
): Text | null {
  const data = { organization: organizationName, plan: planNames[planId] }
  switch (standing) {
    case 'trying':
      return trials[locale](data)
    case 'paused':
      return paused[locale](data)
    case 'ended':
      return ended[locale](data)
    // The receipt tells of the one, the failed payment of the other.
    case 'fine':
    case 'owing':
      return null
  }
}

export function paymentFailed(
  { organizationName, ...failure }: PaymentFailedData & { organizationName: string },
  reader: Reader,
): Text {
  const { locale } = reader
  const { planId, amountDue, graceEndsAt } = failure
  return failures[locale][stageOf(failure)]({
    organization: organizationName,
    plan: planId && planNames[planId],
    amount: formatMoney(amountDue, locale),
    until: formatDate(new Date(graceEndsAt), reader),
  })
}

export function trialEnding(
  { organizationName, planId, trialEndsAt, hasPaymentMethod }: TrialEndingData & { organizationName: string },
  reader: Reader,
): Text {
  return endings[reader.locale]({
    organization: organizationName,
    plan: planNames[planId],
    at: formatDate(new Date(trialEndsAt), reader),
    hasCard: hasPaymentMethod,
  })
}

type Texts<D> = Record<Locale, (data: D) => Text>

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

interface Failure {
  organization: string
  plan: string | null
  amount: string
  until: string
}

const failures: Record<Locale, Record<Stage, (data: Failure) => Text>> = {
  en: {
    first: ({ organization, plan, amount, until }) => ({
      title: 'A payment did not go through',
      body: `We could not collect ${amount} for ${organization}. ${plan ?? 'Your plan'} stays until ${until}; please check how you pay.`,
    }),
    again: ({ organization, plan, amount, until }) => ({
      title: 'A payment did not go through again',
      body: `${amount} for ${organization} is still open. ${plan ?? 'Your plan'} stays until ${until}; please pay it by then.`,
    }),
    last: ({ organization, plan, amount, until }) => ({
      title: `${plan ?? 'Your plan'} stays only until ${until}`,
      body: `${amount} for ${organization} is still open, and we do not try again before. Nothing will be deleted.`,
    }),
  },
  de: {
    first: ({ organization, plan, amount, until }) => ({
      title: 'Eine Zahlung ist fehlgeschlagen',
      body: `Wir konnten ${amount} für ${organization} nicht einziehen. ${plan ?? 'Ihr Tarif'} bleibt bis ${until}; bitte prüfen Sie die Zahlungsart.`,
    }),
    again: ({ organization, plan, amount, until }) => ({
      title: 'Eine Zahlung ist erneut fehlgeschlagen',
      body: `${amount} für ${organization} sind weiter offen. ${plan ?? 'Ihr Tarif'} bleibt bis ${until}; bitte zahlen Sie bis dahin.`,
    }),
    last: ({ organization, plan, amount, until }) => ({
      title: `${plan ?? 'Ihr Tarif'} bleibt nur bis ${until}`,
      body: `${amount} für ${organization} sind weiter offen, und vorher versuchen wir es nicht noch einmal. Gelöscht wird nichts.`,
    }),
  },
  fr: {
    first: ({ organization, plan, amount, until }) => ({
      title: 'Un paiement n’a pas abouti',
      body: `Nous n’avons pas pu encaisser ${amount} pour ${organization}. ${plan ? `${plan} reste actif` : 'Votre formule reste active'} jusqu’au ${until} ; vérifiez le moyen de paiement.`,
    }),
    again: ({ organization, plan, amount, until }) => ({
      title: 'Un paiement a de nouveau échoué',
      body: `${amount} restent dus pour ${organization}. ${plan ? `${plan} reste actif` : 'Votre formule reste active'} jusqu’au ${until} ; réglez d’ici là.`,
    }),
    last: ({ organization, plan, amount, until }) => ({
      title: plan
        ? `${plan} ne reste actif que jusqu’au ${until}`
        : `Votre formule ne reste active que jusqu’au ${until}`,
      body: `${amount} restent dus pour ${organization}, et nous ne réessaierons pas avant. Rien ne sera supprimé.`,
    }),
  },
}

interface Ending {
  organization: string
  plan: string
  at: string
  hasCard: boolean
}

const endings: Texts<Ending> = {
  en: ({ organization, plan, at, hasCard }) => ({
    title: `Your ${plan} trial ends on ${at}`,
    body: hasCard
      ? `${organization} keeps ${plan} after that, and the card on file is charged.`
      : `There is no card on file: ${organization} goes on with the Free plan after that. Nothing is deleted.`,
  }),
  de: ({ organization, plan, at, hasCard }) => ({
    title: `Ihre Testphase von ${plan} endet am ${at}`,
    body: hasCard
      ? `${organization} behält ${plan} danach, und die hinterlegte Karte wird belastet.`
      : `Es ist keine Karte hinterlegt: ${organization} nutzt danach den Free-Tarif. Gelöscht wird nichts.`,
  }),
  fr: ({ organization, plan, at, hasCard }) => ({
    title: `Votre essai de ${plan} se termine le ${at}`,
    body: hasCard
      ? `${organization} garde ensuite ${plan}, et la carte enregistrée est débitée.`
      : `Aucune carte n’est enregistrée : ${organization} passe ensuite à la formule Free. Rien n’est supprimé.`,
  }),
}
