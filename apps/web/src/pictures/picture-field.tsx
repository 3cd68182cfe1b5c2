import ImageUp from 'lucide-solid/icons/image-up'
import { createSignal, createUniqueId, onCleanup, Show } from 'solid-js'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { explain, isGivenUp } from '../ui/failure.ts'
import { toast } from '../ui/toast.ts'
import styles from './picture-field.module.css'
import { imageTypes, pictureFault } from './picture-rule.ts'
import { Preview } from './preview.tsx'
import { uploadPicture } from './upload.ts'

export interface PictureFieldProps {
  /** "Picture" or "Logo". */
  label: string
  name: string
  image: string | null
  shape: 'round' | 'square'
  /** Puts what was uploaded in its place. */
  onChange: (uploadId: string) => Promise<unknown>
  onRemove: () => Promise<unknown>
}

/** A picture that is there at once: chosen, or dropped on it. What cannot be one is said before it is sent. */
export function PictureField(props: PictureFieldProps) {
  const id = createUniqueId()
  const [sending, setSending] = createSignal<{ file: File; abort: AbortController }>()
  const [part, setPart] = createSignal(0)
  const [fault, setFault] = createSignal<string>()
  const [over, setOver] = createSignal(false)
  let chooser!: HTMLInputElement
  let choose!: HTMLButtonElement
  onCleanup(() => sending()?.abort.abort())

  const take = async (file: File | undefined) => {
    if (!file || sending()) return
    const wrong = pictureFault(file)
    setFault(wrong)
    if (wrong !== undefined) return
    const abort = new AbortController()
    setPart(0)
    setSending({ file, abort })
    try {
      const uploadId = await uploadPicture(file, { onProgress: setPart, signal: abort.signal })
      await props.onChange(uploadId)
      toast({ title: `${props.label} changed` })
    } catch (error) {
      if (!isGivenUp(error) && !abort.signal.aborted) setFault(explain(error).advice)
    } finally {
      setSending(undefined)
      // What was pressed to call it off is gone.
      if (document.activeElement === document.body) choose.focus()
    }
  }
  const remove = async () => {
    setFault(undefined)
    await props.onRemove()
    toast({ title: `${props.label} removed` })
    choose.focus()
  }

  return (
    <div
      role="group"
      aria-labelledby={`${id}-label`}
      class={styles.field}
      data-over={over() || undefined}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        void take(event.dataTransfer?.files[0])
      }}
    >
      <Show
        when={sending()}
        fallback={<Avatar name={props.name} image={props.image} size="large" shape={props.shape} />}
      >
        {(sent) => <Preview file={sent().file} shape={props.shape} />}
      </Show>
      <div class={styles.words}>
        <p id={`${id}-label`} class={styles.label}>
          {props.label}
        </p>
        <div class={styles.actions}>
          <Show
            when={!sending()}
            fallback={
              <Button size="small" onClick={() => sending()?.abort.abort()}>
                Cancel
              </Button>
            }
          >
            <Button ref={choose} size="small" aria-describedby={`${id}-note`} onClick={() => chooser.click()}>
              <ImageUp size={16} />
              {props.image === null ? 'Choose an image' : 'Change'}
            </Button>
            <Show when={props.image !== null}>
              <Button
                size="small"
                variant="quiet"
                aria-label={`Remove the ${props.label.toLowerCase()}`}
                action={remove}
              >
                Remove
              </Button>
            </Show>
          </Show>
          <input
            ref={chooser}
            type="file"
            hidden
            accept={imageTypes.join()}
            aria-label={props.label}
            onChange={({ currentTarget }) => {
              void take(currentTarget.files?.[0])
              // The same file again is a change as well.
              currentTarget.value = ''
            }}
          />
        </div>
        <div id={`${id}-note`} class={styles.note} aria-live="polite">
          <Show
            when={sending()}
            fallback={
              <Show when={fault()} fallback={<p>Or drop one here. PNG, JPEG, WebP, GIF or AVIF, up to 5 MB.</p>}>
                <p class={styles.error}>{fault()}</p>
              </Show>
            }
          >
            <progress class={styles.progress} value={part()} max={1} aria-label="Uploading" />
          </Show>
        </div>
      </div>
    </div>
  )
}
