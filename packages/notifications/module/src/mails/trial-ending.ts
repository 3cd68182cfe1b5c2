import { formatDate, formatTime, type Locale } from '../formats.ts'
import type { TrialEndingData } from '../messages.ts'
import { planNames } from '../texts.ts'
import { billingReason } from './billing-reason.ts'
import { button, facts, heading, paragraph, type Mail, type MailContext } from './mail.ts'

export interface TrialEnd extends TrialEndingData {
  organizationName: string
  /** The reader's, of the IANA database. */
  timeZone: string
}

/** When a trial ends, and what comes then: a charge, or the free plan. */
export function trialEnding(
  { planId, trialEndsAt, hasPaymentMethod, organizationName, timeZone }: TrialEnd,
  { locale, publicUrl }: MailContext,
): Mail {
  const { subject, ends, ...text } = texts[locale]
  const { then, action } = hasPaymentMethod ? text.withCard : text.withoutCard
  const [plan, at] = [planNames[planId], new Date(trialEndsAt)]
  const words = { plan, organization: organizationName, at: formatDate(at, { locale, timeZone }) }
  return {
    locale,
    subject: subject(words),
    preview: then(words),
    blocks: [
      heading(subject(words)),
      paragraph(then(words)),
      facts([text.plan, plan], [ends, formatTime(at, { locale, timeZone })]),
      button(action, `${publicUrl}/billing`),
    ],
    reason: billingReason(organizationName, locale),
  }
}

type Words = Record<'plan' | 'organization' | 'at', string>

interface Texts extends Record<'plan' | 'ends', string> {
  subject: (words: Words) => string
  withCard: { then: (words: Words) => string; action: string }
  withoutCard: { then: (words: Words) => string; action: string }
}

const texts: Record<Locale, Texts> = {
  en: {
    subject: ({ plan, at }) => `Your ${plan} trial ends on ${at}`,
    withCard: {
      then: ({ plan, organization }) =>
        `${organization} keeps ${plan} after that, and the card on file is charged. If you want that, there is nothing to do; if not, cancel before.`,
      action: 'View plan and price',
    },
    withoutCard: {
      then: ({ plan, organization }) =>
        `There is no card on file, so ${organization} goes on with the Free plan after that. Nothing is deleted. To keep ${plan}, add a card before.`,
      action: 'Add a card',
    },
    plan: 'Plan',
    ends: 'Trial ends',
  },
  de: {
    subject: ({ plan, at }) => `Ihre Testphase von ${plan} endet am ${at}`,
    withCard: {
      then: ({ plan, organization }) =>
        `${organization} behält ${plan} danach, und die hinterlegte Karte wird belastet. Möchten Sie das, ist nichts zu tun; wenn nicht, kündigen Sie vorher.`,
      action: 'Tarif und Preis ansehen',
    },
    withoutCard: {
      then: ({ plan, organization }) =>
        `Es ist keine Karte hinterlegt, deshalb nutzt ${organization} danach den Free-Tarif. Gelöscht wird nichts. Um ${plan} zu behalten, hinterlegen Sie vorher eine Karte.`,
      action: 'Karte hinterlegen',
    },
    plan: 'Tarif',
    ends: 'Testphase endet',
  },
  fr: {
    subject: ({ plan, at }) => `Votre essai de ${plan} se termine le ${at}`,
    withCard: {
      then: ({ plan, organization }) =>
        `${organization} garde ensuite ${plan}, et la carte enregistrée est débitée. Si cela vous convient, il n’y a rien à faire ; sinon, résiliez avant.`,
      action: 'Voir la formule et son prix',
    },
    withoutCard: {
      then: ({ plan, organization }) =>
        `Aucune carte n’est enregistrée : ${organization} passe ensuite à la formule Free. Rien n’est supprimé. Pour garder ${plan}, ajoutez une carte avant.`,
      action: 'Ajouter une carte',
    },
    plan: 'Formule',
    ends: 'Fin de l’essai',
  },
}
