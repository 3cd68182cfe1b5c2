import { splitProps } from 'solid-js'
import { type ButtonProps, classOf } from '../ui/button.tsx'

/**
 * To the payment provider's page of an invoice. In a tab of its own: that page leads nowhere, and when it is paid this
 * one knows by itself.
 */
export function PayLink(props: { href: string } & Pick<ButtonProps, 'size' | 'variant'>) {
  const [, look] = splitProps(props, ['href'])
  return (
    <a href={props.href} target="_blank" rel="external noopener" class={classOf(look)}>
      Pay now<span class="unseen"> (opens in a new tab)</span>
    </a>
  )
}
