import { formatDate, formatMoney, type Locale } from '../formats.ts'
import type { ReceiptData } from '../messages.ts'
import { planNames } from '../texts.ts'
import { billingReason } from './billing-reason.ts'
import { button, facts, heading, paragraph, type Mail, type MailContext } from './mail.ts'

export interface Receipt extends ReceiptData {
  organizationName: string
  /** The reader's, of the IANA database. */
  timeZone: string
}

export function receipt(
  { number, planId, total, organizationName, paidAt, timeZone }: Receipt,
  { locale, publicUrl }: MailContext,
): Mail {
  const text = texts[locale]
  const amount = formatMoney(total, locale)
  return {
    locale,
    subject: text.subject(number),
    preview: text.lead(amount, organizationName),
    blocks: [
      heading(text.heading),
      paragraph(text.lead(amount, organizationName)),
      facts(
        ...(number === null ? [] : [[text.number, number] as const]),
        ...(planId === null ? [] : [[text.plan, planNames[planId]] as const]),
        [text.date, formatDate(new Date(paidAt), { locale, timeZone })],
        [text.amount, amount],
      ),
      button(text.action, `${publicUrl}/billing`),
    ],
    reason: billingReason(organizationName, locale),
  }
}

interface Texts extends Record<'heading' | 'number' | 'plan' | 'date' | 'amount' | 'action', string> {
  subject: (number: string | null) => string
  lead: (amount: string, organization: string) => string
}

const texts: Record<Locale, Texts> = {
  en: {
    subject: (number) => (number === null ? 'Your receipt' : `Your receipt for invoice ${number}`),
    heading: 'Thank you for your payment',
    lead: (amount, organization) => `We received ${amount} for ${organization}.`,
    number: 'Invoice',
    plan: 'Plan',
    date: 'Paid on',
    amount: 'Amount',
    action: 'View invoices',
  },
  de: {
    subject: (number) => (number === null ? 'Ihre Quittung' : `Ihre Quittung zur Rechnung ${number}`),
    heading: 'Danke für Ihre Zahlung',
    lead: (amount, organization) => `Wir haben ${amount} für ${organization} erhalten.`,
    number: 'Rechnung',
    plan: 'Tarif',
    date: 'Bezahlt am',
    amount: 'Betrag',
    action: 'Rechnungen ansehen',
  },
  fr: {
    subject: (number) => (number === null ? 'Votre reçu' : `Votre reçu pour la facture ${number}`),
    heading: 'Merci pour votre paiement',
    lead: (amount, organization) => `Nous avons reçu ${amount} pour ${organization}.`,
    number: 'Facture',
    plan: 'Formule',
    date: 'Payé le',
    amount: 'Montant',
    action: 'Voir les factures',
  },
}
