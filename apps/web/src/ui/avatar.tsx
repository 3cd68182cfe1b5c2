import styles from './avatar.module.css'

/** Initials on a colour of their own: the same name has the same colour everywhere. Decorative: the name stands beside. */
export function Avatar(props: { name: string; size?: 'small' | 'medium'; shape?: 'round' | 'square' }) {
  return (
    <span
      class={styles.avatar}
      data-hue={hueOf(props.name)}
      data-size={props.size ?? 'small'}
      data-shape={props.shape ?? 'round'}
      aria-hidden="true"
    >
      {initials(props.name)}
    </span>
  )
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '')
  return letters.join('').toUpperCase()
}

function hueOf(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 6, 7)
}
