import { createEffect } from 'solid-js'
import styles from './picture-field.module.css'

/**
 * A chosen file as it will be cut. Drawn, because the address of a file in memory (`blob:`) is none that a strict
 * security policy allows images from. What the browser cannot read stays blank: the server is who decides.
 */
export function Preview(props: { file: File; shape: 'round' | 'square' }) {
  let canvas!: HTMLCanvasElement
  createEffect(() => void draw(props.file, canvas).catch(() => undefined))
  return (
    <canvas ref={canvas} class={styles.preview} data-shape={props.shape} width="160" height="160" aria-hidden="true" />
  )
}

async function draw(file: File, canvas: HTMLCanvasElement) {
  const image = await createImageBitmap(file)
  const side = Math.min(image.width, image.height)
  const { width, height } = canvas
  const left = (image.width - side) / 2
  const top = (image.height - side) / 2
  canvas.getContext('2d')?.drawImage(image, left, top, side, side, 0, 0, width, height)
  image.close()
}
