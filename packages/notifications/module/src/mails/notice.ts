import type { Category } from '@lightpress/notifications-contract'
import type { Locale } from '../formats.ts'
import { button, heading, paragraph, type Mail, type MailContext } from './mail.ts'

export interface NoticeText {
  category: Category
  title: string
  body: string
  /** A path in the product. */
  link: string | null
}

/** A notice that has no mail of its own: what stands in the inbox, as a mail. */
export function noticeMail({ category, title, body, link }: NoticeText, { locale, publicUrl }: MailContext): Mail {
  const { action, reasons } = texts[locale]
  return {
    locale,
    subject: title,
    preview: body,
    blocks: [heading(title), paragraph(body), ...(link === null ? [] : [button(action, publicUrl + link)])],
    reason: reasons[category],
  }
}

const texts: Record<Locale, { action: string; reasons: Record<Category, string> }> = {
  en: {
    action: 'See it in Lightpress',
    reasons: {
      security: 'You get this mail because it is about the security of your account. It cannot be switched off.',
      account: 'You get this mail because it is about your account or an organisation of yours.',
      billing: 'You get this mail because you look after the billing of an organisation.',
      product: 'You get this mail because you want to hear what is new in the product.',
    },
  },
  de: {
    action: 'In Lightpress ansehen',
    reasons: {
      security:
        'Sie erhalten diese Mail, weil sie die Sicherheit Ihres Kontos betrifft. Sie lässt sich nicht abschalten.',
      account: 'Sie erhalten diese Mail, weil sie Ihr Konto oder eine Ihrer Organisationen betrifft.',
      billing: 'Sie erhalten diese Mail, weil Sie sich um die Abrechnung einer Organisation kümmern.',
      product: 'Sie erhalten diese Mail, weil Sie von Neuem im Produkt hören möchten.',
    },
  },
  fr: {
    action: 'Voir dans Lightpress',
    reasons: {
      security:
        'Vous recevez ce message parce qu’il concerne la sécurité de votre compte. Il ne peut pas être désactivé.',
      account: 'Vous recevez ce message parce qu’il concerne votre compte ou l’une de vos organisations.',
      billing: 'Vous recevez ce message parce que vous gérez la facturation d’une organisation.',
      product: 'Vous recevez ce message parce que vous souhaitez connaître les nouveautés du produit.',
    },
  },
}
