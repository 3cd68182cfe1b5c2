import type { auth } from '@lightpress/auth-contract'
import type { ModuleContext } from '@lightpress/kernel'
import type { users } from '@lightpress/users-contract'
import { createTokenSigner, type TokenSigner } from './access-tokens.ts'
import type { Config } from './config.ts'
import { createOidcClient, type OidcClient } from './oidc-client.ts'
import { createPasswords, type Passwords } from './passwords.ts'
import { createSecrets, type Secrets } from './secrets.ts'

export type Ops = (typeof auth)['operations']

/** What auth keeps for the life of a process. */
interface Own {
  secrets: Secrets
  /** The same under SECRETS_ENCRYPTION_KEY, for what people entrust to us and we must be able to read. */
  vault: Secrets
  passwords: Passwords
  signer: TokenSigner
  oidc: OidcClient
}

export type AuthContext = ModuleContext<{ users: typeof users }, Config> & Own

export async function setup({ config }: { config: Config }): Promise<Own> {
  const secrets = createSecrets(config.AUTH_KEY_ENCRYPTION_KEY)
  const vault = createSecrets(config.SECRETS_ENCRYPTION_KEY)
  const signer = createTokenSigner(secrets)
  return { secrets, vault, passwords: await createPasswords(), signer, oidc: createOidcClient() }
}
