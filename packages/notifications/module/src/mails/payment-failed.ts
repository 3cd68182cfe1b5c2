import { formatDate, formatMoney, formatTime, type Locale } from '../formats.ts'
import type { PaymentFailedData } from '../messages.ts'
import { stageOf, type Stage } from '../payment-stage.ts'
import { planNames } from '../texts.ts'
import { billingReason } from './billing-reason.ts'
import { button, facts, heading, paragraph, type Mail, type MailContext } from './mail.ts'

export interface PaymentFailure extends PaymentFailedData {
  organizationName: string
  /** The reader's, of the IANA database. */
  timeZone: string
}

/** How much, until when the plan stays, and where to pay. It links to the page, which leads on to the payment. */
export function paymentFailed(failure: PaymentFailure, { locale, publicUrl }: MailContext): Mail {
  const { organizationName: organization, number, planId, amountDue, nextAttemptAt, graceEndsAt, timeZone } = failure
  const { stages, ...text } = texts[locale]
  const plan = planId === null ? text.yourPlan : planNames[planId]
  const amount = formatMoney(amountDue, locale)
  const until = formatDate(new Date(graceEndsAt), { locale, timeZone })
  const { subject, lead } = stages[stageOf(failure)]({ organization, plan, amount, until })
  const time = (at: string) => formatTime(new Date(at), { locale, timeZone })
  return {
    locale,
    subject,
    preview: lead,
    blocks: [
      heading(subject),
      paragraph(lead),
      facts(
        [text.amount, amount],
        ...(number === null ? [] : [[text.number, number] as const]),
        ...(nextAttemptAt === null ? [] : [[text.next, time(nextAttemptAt)] as const]),
        [text.stays(plan), time(graceEndsAt)],
      ),
      paragraph(text.then(organization)),
      button(text.action, `${publicUrl}/billing`),
    ],
    reason: billingReason(organization, locale),
  }
}

type Words = Record<'organization' | 'plan' | 'amount' | 'until', string>

interface Texts extends Record<'yourPlan' | 'amount' | 'number' | 'next' | 'action', string> {
  stages: Record<Stage, (words: Words) => { subject: string; lead: string }>
  stays: (plan: string) => string
  then: (organization: string) => string
}

const texts: Record<Locale, Texts> = {
  en: {
    stages: {
      first: ({ organization, amount }) => ({
        subject: 'Your payment did not go through',
        lead: `We could not collect ${amount} for ${organization}. Often a card has expired, or a bank wants to be asked.`,
      }),
      again: ({ organization, amount }) => ({
        subject: 'Your payment did not go through again',
        lead: `We tried once more to collect ${amount} for ${organization}. Another card, or a word with your bank, may help.`,
      }),
      last: ({ organization, plan, amount, until }) => ({
        subject: `Last notice: ${plan} stays until ${until}`,
        lead: `${amount} for ${organization} is still open, and we do not try again before then.`,
      }),
    },
    yourPlan: 'your plan',
    amount: 'Amount',
    number: 'Invoice',
    next: 'Next attempt',
    stays: (plan) => `Keeps ${plan} until`,
    then: (organization) =>
      `If it is not paid by then, ${organization} goes on with the Free plan. Nothing is deleted, and all is back as soon as you pay.`,
    action: 'Pay now',
  },
  de: {
    stages: {
      first: ({ organization, amount }) => ({
        subject: 'Ihre Zahlung ist fehlgeschlagen',
        lead: `Wir konnten ${amount} für ${organization} nicht einziehen. Oft ist eine Karte abgelaufen, oder die Bank möchte gefragt werden.`,
      }),
      again: ({ organization, amount }) => ({
        subject: 'Ihre Zahlung ist erneut fehlgeschlagen',
        lead: `Wir haben noch einmal versucht, ${amount} für ${organization} einzuziehen. Eine andere Karte oder ein Wort mit Ihrer Bank hilft vielleicht.`,
      }),
      last: ({ organization, plan, amount, until }) => ({
        subject: `Letzter Hinweis: ${plan} bleibt bis ${until}`,
        lead: `${amount} für ${organization} sind weiter offen, und vorher versuchen wir es nicht noch einmal.`,
      }),
    },
    yourPlan: 'Ihr Tarif',
    amount: 'Betrag',
    number: 'Rechnung',
    next: 'Nächster Versuch',
    stays: (plan) => `${plan} bleibt bis`,
    then: (organization) =>
      `Ist bis dahin nicht gezahlt, nutzt ${organization} den Free-Tarif. Gelöscht wird nichts, und alles ist wieder da, sobald Sie zahlen.`,
    action: 'Jetzt bezahlen',
  },
  fr: {
    stages: {
      first: ({ organization, amount }) => ({
        subject: 'Votre paiement n’a pas abouti',
        lead: `Nous n’avons pas pu encaisser ${amount} pour ${organization}. Souvent, une carte a expiré ou la banque demande une confirmation.`,
      }),
      again: ({ organization, amount }) => ({
        subject: 'Votre paiement a de nouveau échoué',
        lead: `Nous avons réessayé d’encaisser ${amount} pour ${organization}. Une autre carte, ou un mot à votre banque, peut aider.`,
      }),
      last: ({ organization, plan, amount, until }) => ({
        subject: `Dernier rappel : ${plan} jusqu’au ${until}`,
        lead: `${amount} restent dus pour ${organization}, et nous ne réessaierons pas avant.`,
      }),
    },
    yourPlan: 'votre formule',
    amount: 'Montant',
    number: 'Facture',
    next: 'Prochain essai',
    stays: (plan) => `Garde ${plan} jusqu’au`,
    then: (organization) =>
      `Sans paiement d’ici là, ${organization} passe à la formule Free. Rien n’est supprimé, et tout revient dès que vous payez.`,
    action: 'Payer maintenant',
  },
}
