import { createEffect } from 'solid-js'
import styles from './picture-field.module.css'

/**
 * A chosen file as it will be cut. Drawn, because the address of a file in memory (`blob:`) is none that a strict
 * security policy allows images from. What the browser cannot read stays blank: the server is who decides.
 */
export function Preview(props: { file: File; shape: 'round' | 'square' }) {
  let canvas!: HTMLCanvasElement
  createEffect(() => void draw(props.file, canvas, props.shape).catch(() => undefined))
  return (
    <canvas ref={canvas} class={styles.preview} data-shape={props.shape} width="160" height="160" aria-hidden="true" />
  )
}

/** As the server cuts it: a person fills the circle, a logo is whole. */
async function draw(file: File, canvas: HTMLCanvasElement, shape: 'round' | 'square') {
  const image = await createImageBitmap(file)
  const pick = shape === 'round' ? Math.max : Math.min
  const scale = pick(canvas.width / image.width, canvas.height / image.height)
  const [width, height] = [image.width * scale, image.height * scale]
  canvas.getContext('2d')?.drawImage(image, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height)
  image.close()
}
