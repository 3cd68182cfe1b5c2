import type { Customer, PaymentIntent, Price, Subscription } from '../state/state.ts'

export type ProrationBehavior = 'create_prorations' | 'always_invoice' | 'none'

/** What is asked to be redeemed: exactly one of them. */
export interface NewDiscount {
  coupon?: string | undefined
  promotion_code?: string | undefined
  /** A discount that is there already and stays. */
  discount?: string | undefined
}

export interface NewItem {
  price: Price
  /** Undefined for a metered price, which counts usage instead. */
  quantity: number | undefined
  metadata?: Record<string, string> | undefined
  discounts?: NewDiscount[] | undefined
}

export interface NewSubscription {
  customer: Customer
  items: NewItem[]
  /** One-time prices for the first invoice only. */
  addInvoiceItems?: { price: Price; quantity: number }[] | undefined
  metadata: Record<string, string>
  description: string | null
  defaultPaymentMethod: string | null
  /** Seconds; null without a trial. */
  trialEnd: number | null
  /** What follows a trial that ends without a card. */
  missingPaymentMethod?: 'cancel' | 'create_invoice' | 'pause' | undefined
  /** Seconds: the moment that periods are counted from; until then the first period is prorated. */
  billingCycleAnchor?: number | undefined
  prorationBehavior?: ProrationBehavior | undefined
  /** Seconds: the moment in the past from which it is paid for; now by default. */
  startDate?: number | undefined
  discounts?: NewDiscount[] | undefined
  cancelAt?: number | undefined
  cancelAtPeriodEnd?: boolean | undefined
  collectionMethod?: 'charge_automatically' | 'send_invoice' | undefined
  daysUntilDue?: number | undefined
  /** Incomplete until the first invoice is paid, unless it asks for an error or for leniency. */
  paymentBehavior?: 'default_incomplete' | 'allow_incomplete' | 'error_if_incomplete' | undefined
  offSession?: boolean | undefined
  /** Whether the method that pays the first invoice pays the later ones too. */
  saveDefaultPaymentMethod?: 'off' | 'on_subscription' | undefined
  /** What was said of them; cards are all there is. */
  paymentMethodTypes?: 'card'[] | undefined
  /** The schedule that makes it. */
  schedule?: string | undefined
  /** The payment that a checkout has taken already, for the first invoice. */
  paidBy?: PaymentIntent | undefined
  /** Whether nothing was paid before, for discounts that want that; a checkout's own payment does not count. */
  firstTime?: boolean | undefined
}

/** One item of a change: named by its id, or new; `deleted` takes it away. */
export interface ItemChange {
  id?: string | undefined
  price?: Price | undefined
  quantity?: number | undefined
  metadata?: Record<string, string> | undefined
  discounts?: NewDiscount[] | undefined
  deleted?: boolean | undefined
  /** Forgets the usage of a metered price that goes, rather than to bill it. */
  clearUsage?: boolean | undefined
}

export interface SubscriptionChange {
  items?: ItemChange[] | undefined
  addInvoiceItems?: { price: Price; quantity: number }[] | undefined
  prorationBehavior?: ProrationBehavior | undefined
  /** Seconds; now by default. The difference is counted from here. */
  prorationDate?: number | undefined
  billingCycleAnchor?: 'now' | 'unchanged' | undefined
  /** Seconds, or at once. */
  trialEnd?: number | 'now' | undefined
  discounts?: NewDiscount[] | undefined
  paymentBehavior?: 'allow_incomplete' | 'error_if_incomplete' | 'default_incomplete' | undefined
  offSession?: boolean | undefined
  /** Everything that is set as it is given. */
  fields?: Partial<
    Pick<
      Subscription,
      | 'cancel_at'
      | 'cancel_at_period_end'
      | 'cancellation_details'
      | 'collection_method'
      | 'days_until_due'
      | 'default_payment_method'
      | 'description'
      | 'metadata'
      | 'pause_collection'
      | 'payment_settings'
      | 'schedule'
      | 'trial_settings'
    >
  >
}
