import { useAction } from '@solidjs/router'
import { onMount } from 'solid-js'
import { CodeField } from '../../ui/code-field.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import type { Begun } from './begun.ts'
import { verifyCode } from './data.ts'

const told = {
  totp: {
    title: 'Enter the code of your app',
    lead: 'Your account asks for a second factor.',
    label: 'Code',
    help: 'The six digits that your authenticator app shows for Lightpress now.',
    field: 'digits',
  },
  recovery_code: {
    title: 'Enter a recovery code',
    lead: 'One of the ten that you put away when you added your second factor.',
    label: 'Recovery code',
    help: 'It is used up by this.',
    field: 'recovery',
  },
} as const

export function CodeWay(props: { begun: Begun; kind: 'totp' | 'recovery_code' }) {
  const verify = useAction(verifyCode)
  const words = () => told[props.kind]
  let form!: HTMLDivElement
  onMount(() => form.querySelector('input')?.focus())
  return (
    <>
      <Heading title={words().title}>{words().lead}</Heading>
      <div ref={form}>
        <Form submit={({ code = '' }) => verify(props.begun, props.kind, code)}>
          <CodeField kind={words().field} name="code" label={words().label} help={words().help} autofocus />
          <SubmitButton wide>Confirm</SubmitButton>
        </Form>
      </div>
    </>
  )
}
