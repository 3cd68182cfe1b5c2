import type { Page } from 'playwright-core'

export interface Authenticator {
  /** Whether whoever is asked agrees at once, or does not answer. */
  agree(does: boolean): Promise<void>
}

/** What a browser asks for passkeys, as a phone with a fingerprint reader. It lasts as long as the page. */
export async function addAuthenticator(page: Page): Promise<Authenticator> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    async agree(enabled) {
      await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
    },
  }
}

/** Makes a passkey for whoever is signed in on this page. */
export async function makePasskey(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const post = async (path, body) => {
      const answer = await fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (!answer.ok) throw new Error(await answer.text())
      return answer.json()
    }
    const { ticket, options } = await post('/v1/auth/passkeys/registration', {})
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
    const made = await navigator.credentials.create({ publicKey })
    await post('/v1/auth/passkeys', { ticket, answer: made.toJSON() })
  })()`)
}
