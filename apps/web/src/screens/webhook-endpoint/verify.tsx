import { CodeBlock } from '../../ui/code-block.tsx'
import styles from './verify.module.css'

const example = `import { Webhook } from 'standardwebhooks'

// The body as it came, before anything parsed it.
const event = new Webhook(process.env.WEBHOOK_SECRET)
  .verify(body, request.headers)`

/** How a server knows that a request is ours. */
export function Verify() {
  return (
    <div class={styles.verify}>
      <dl class={styles.headers}>
        <div>
          <dt>
            <code>webhook-id</code>
          </dt>
          <dd>What it is about. A request that is sent again has the same: take each once.</dd>
        </div>
        <div>
          <dt>
            <code>webhook-timestamp</code>
          </dt>
          <dd>When it was sent, in seconds. Refuse what is older than five minutes.</dd>
        </div>
        <div>
          <dt>
            <code>webhook-signature</code>
          </dt>
          <dd>
            <code>v1,</code> and the HMAC-SHA256 of <code>id.timestamp.body</code>, in base64. After a rotation there
            are two; one that fits is enough.
          </dd>
        </div>
      </dl>
      <CodeBlock
        title="How to verify it"
        what="example"
        code={example}
        hint={
          <>
            These are{' '}
            <a href="https://www.standardwebhooks.com" target="_blank" rel="noreferrer">
              Standard Webhooks
            </a>
            : there is a library for your language.
          </>
        }
      />
    </div>
  )
}
