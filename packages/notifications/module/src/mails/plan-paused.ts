import type { Locale } from '../formats.ts'
import type { PlanPausedData } from '../messages.ts'
import { planNames } from '../texts.ts'
import { billingReason } from './billing-reason.ts'
import { button, heading, paragraph, type Mail, type MailContext } from './mail.ts'

/** Grace is over: what that means, and how to come back. */
export function planPaused(
  { planId, organizationName }: PlanPausedData & { organizationName: string },
  { locale, publicUrl }: MailContext,
): Mail {
  const { subject, lead, back, action } = texts[locale]
  const words = { plan: planNames[planId], organization: organizationName }
  return {
    locale,
    subject: subject(words),
    preview: lead(words),
    blocks: [
      heading(subject(words)),
      paragraph(lead(words)),
      paragraph(back(words)),
      button(action, `${publicUrl}/billing`),
    ],
    reason: billingReason(organizationName, locale),
  }
}

type Words = Record<'plan' | 'organization', string>

interface Texts extends Record<'subject' | 'lead' | 'back', (words: Words) => string> {
  action: string
}

const texts: Record<Locale, Texts> = {
  en: {
    subject: ({ plan }) => `${plan} is paused`,
    lead: ({ organization }) =>
      `We could not collect the payment for ${organization}, so it is on the Free plan for now. Nothing was deleted.`,
    back: ({ plan }) => `Pay the open invoice, and ${plan} goes on at once, with everything as it was.`,
    action: 'Pay the open invoice',
  },
  de: {
    subject: ({ plan }) => `${plan} ist angehalten`,
    lead: ({ organization }) =>
      `Die Zahlung für ${organization} kam nicht zustande, deshalb gilt vorerst der Free-Tarif. Nichts wurde gelöscht.`,
    back: ({ plan }) => `Bezahlen Sie die offene Rechnung, und ${plan} geht sofort weiter, mit allem wie zuvor.`,
    action: 'Offene Rechnung bezahlen',
  },
  fr: {
    subject: ({ plan }) => `${plan} est suspendu`,
    lead: ({ organization }) =>
      `Le paiement de ${organization} n’a pas abouti : la formule Free s’applique pour l’instant. Rien n’a été supprimé.`,
    back: ({ plan }) => `Réglez la facture ouverte et ${plan} reprend aussitôt, avec tout comme avant.`,
    action: 'Régler la facture ouverte',
  },
}
