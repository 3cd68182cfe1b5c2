import { isAppError } from '@lightpress/protocol'
import {
  createContext,
  createSignal,
  type JSX,
  onCleanup,
  onMount,
  Show,
  splitProps,
  untrack,
  useContext,
} from 'solid-js'
import { Button, type ButtonProps } from './button.tsx'
import { type DraftKey, dropDraft, keepDraft, readDraft } from './drafts.ts'
import { explain, type Failure, isGivenUp } from './failure.ts'
import styles from './form.module.css'
import { Note } from './note.tsx'
import { TryAgain } from './try-again.tsx'

export type Values = Record<string, string>

/** A sentence when the value will not do. */
export type Rule = (value: string, values: Values) => string | undefined

interface FormState {
  error: (field: string) => string | undefined
  pending: () => boolean
  register: (field: string, rule: Rule) => void
  draft: (field: string) => string | undefined
  /** Whether there is a draft at all: a box that is not in it is not ticked. */
  readonly hasDraft: boolean
}

const FormContext = createContext<FormState>()

export interface FormProps {
  /** Unique in the product: under it, what is typed survives a reload. Without it, nothing is kept. */
  name?: string
  /** Whose draft that is, behind sign-in: nobody else gets to see it. */
  owner?: string
  submit: (values: Values) => Promise<unknown>
  /** What is still to be sent after a submit that went well only in part: it stays a draft. */
  rest?: () => Values | undefined
  /** After a submit that went well: what is drawn from then on is drawn without what was typed. */
  onSent?: () => void
  /** What else helps against a failure that is not a field's. */
  remedy?: (error: unknown) => JSX.Element
  /** Better words for failures that are not a field's. */
  explain?: (error: unknown) => Failure
  children: JSX.Element
}

/** One submit at a time; errors land on their fields, the first of them gets the focus; nothing typed is lost. */
export function Form(props: FormProps) {
  const rules = new Map<string, Rule>()
  const [errors, setErrors] = createSignal<Values>({})
  const [failure, setFailure] = createSignal<Failure & { error: unknown }>()
  const [pending, setPending] = createSignal(false)
  const draftKey = untrack(() => props.name !== undefined && { form: props.name, owner: props.owner })
  let drafted = draftKey ? readDraft(draftKey) : {}
  let form!: HTMLFormElement

  const showErrors = (found: Values) => {
    setErrors(found)
    const inputs = [...form.elements] as HTMLInputElement[]
    inputs.find(({ disabled, name }) => !disabled && fieldOf(name) in found)?.focus()
  }

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (pending()) return
    const values = valuesOf(form)
    setFailure(undefined)
    const found = broken(rules, values)
    if (Object.keys(found).length > 0) return showErrors(found)
    setErrors({})
    setPending(true)
    try {
      await props.submit(values)
      drafted = {}
      if (draftKey) keepRest(draftKey, props.rest?.())
      props.onSent?.()
    } catch (error) {
      if (isGivenUp(error)) return
      const { known, unknown } = placed(error, rules)
      if (Object.keys(known).length > 0) showErrors(known)
      if (Object.keys(known).length === 0 || unknown.length > 0)
        setFailure({ ...withMessages((props.explain ?? explain)(error), unknown), error })
    } finally {
      setPending(false)
    }
  }

  const typed: JSX.EventHandler<HTMLFormElement, InputEvent> = (event) => {
    const name = fieldOf((event.target as unknown as HTMLInputElement).name)
    if (name in errors()) setErrors(({ [name]: _, ...others }) => others)
    if (draftKey) keepDraft(draftKey, valuesOf(form, isSecret))
  }

  return (
    <FormContext.Provider
      value={{
        error: (field) => errors()[field],
        pending,
        register: (field, rule) => {
          rules.set(field, rule)
          onCleanup(() => rules.delete(field))
        },
        draft: (field) => drafted[field],
        get hasDraft() {
          return Object.keys(drafted).length > 0
        },
      }}
    >
      <form ref={form} class={styles.form} noValidate onSubmit={(event) => void submit(event)} onInput={typed}>
        <Show when={failure()} keyed>
          {(known) => <FailureNote failure={known}>{props.remedy?.(known.error)}</FailureNote>}
        </Show>
        {props.children}
      </form>
    </FormContext.Provider>
  )
}

export function SubmitButton(props: ButtonProps) {
  const form = useForm()
  const [own, rest] = splitProps(props, ['variant'])
  return <Button {...rest} type="submit" variant={own.variant ?? 'primary'} pending={form.pending()} />
}

export function useForm(): FormState {
  const form = useContext(FormContext)
  if (!form) throw new Error('A field stands inside a <Form>')
  return form
}

/** Takes the focus, so that a screen reader says it and the eye finds it. */
function FailureNote(props: { failure: Failure; children: JSX.Element }) {
  let note!: HTMLDivElement
  onMount(() => note.focus())
  return (
    <div ref={note} tabIndex={-1} role="alert">
      <Note tone="danger" title={props.failure.title} requestId={props.failure.requestId}>
        <Show when={props.failure.retryAfter} fallback={<p>{props.failure.advice}</p>}>
          {(seconds) => <TryAgain after={seconds()} />}
        </Show>
        {props.children}
      </Note>
    </div>
  )
}

function keepRest(key: DraftKey, rest: Values | undefined) {
  if (rest === undefined) dropDraft(key)
  else keepDraft(key, rest)
}

function valuesOf(form: HTMLFormElement, leaveOut: (input: HTMLInputElement) => boolean = () => false): Values {
  const values: Values = {}
  for (const element of form.elements) {
    const input = element as HTMLInputElement
    if (input.name === '' || leaveOut(input)) continue
    if ((input.type === 'radio' || input.type === 'checkbox') && !input.checked) continue
    values[input.name] = input.value
  }
  return values
}

/** The boxes of one field have its name and one of their own behind it. */
function fieldOf(name: string): string {
  return name.split(' ')[0] ?? ''
}

function isSecret(input: HTMLInputElement): boolean {
  return input.autocomplete.includes('password') || input.type === 'password'
}

function broken(rules: Map<string, Rule>, values: Values): Values {
  const found: Values = {}
  for (const [field, rule] of rules) {
    const message = rule(values[field] ?? '', values)
    if (message !== undefined) found[field] = message
  }
  return found
}

function placed(error: unknown, rules: Map<string, Rule>): { known: Values; unknown: string[] } {
  const known: Values = {}
  const unknown: string[] = []
  for (const { path, message } of isAppError(error) ? error.errors : []) {
    if (rules.has(path)) known[path] ??= message
    else unknown.push(message)
  }
  return { known, unknown }
}

function withMessages(failure: Failure, messages: string[]): Failure {
  return messages.length > 0 ? { ...failure, advice: messages.join(' ') } : failure
}
