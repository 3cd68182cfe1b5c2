import { createSignal, Show } from 'solid-js'
import styles from './avatar.module.css'
import { initials } from './initials.ts'

export interface AvatarProps {
  name: string
  /** Where the picture is, if there is one. */
  image?: string | null | undefined
  size?: 'small' | 'medium' | 'large'
  /** People are round, organisations square. */
  shape?: 'round' | 'square'
}

/**
 * The picture of a person or an organisation; without one, initials on a colour of their own: the same name has the
 * same colour everywhere. Decorative: the name stands beside.
 */
export function Avatar(props: AvatarProps) {
  // A picture that cannot be had is as none; the next one is tried again.
  const [failed, setFailed] = createSignal<string>()
  const shown = () => (props.image === failed() ? undefined : props.image)
  return (
    <span
      class={styles.avatar}
      data-hue={hueOf(props.name)}
      data-size={props.size ?? 'small'}
      data-shape={props.shape ?? 'round'}
      data-picture={shown() ? '' : undefined}
      aria-hidden="true"
    >
      <Show when={shown()} fallback={initials(props.name)} keyed>
        {(image) => <img src={image} alt="" decoding="async" draggable={false} onError={() => setFailed(image)} />}
      </Show>
    </span>
  )
}

function hueOf(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 6, 7)
}
