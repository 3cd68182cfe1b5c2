import { DisplayName, EmailAddress } from '@lightpress/protocol'
import { z } from 'zod'

/** What a provider says of somebody, as far as we care. Whatever else it claims (groups, roles) gives nobody anything. */
export interface Claims {
  issuer: string
  /** Who they are there. Never given to anybody else, so an account is found by it and not by the address. */
  subject: string
  email: string | null
  emailVerified: boolean
  /** Those that are one here, the best one first. */
  names: string[]
  locale: string | undefined
  /** When they proved who they are, in seconds since the epoch; not every provider says. */
  authTime: number | undefined
}

const Text = z.string().optional().catch(undefined)

/** Of the ID token: who it is must be as OpenID Connect Core has it (2), or it is nobody. */
const Identity = z.object({
  iss: z.string(),
  sub: z.string().regex(/^[\x20-\x7E]{1,255}$/),
  auth_time: z.number().optional(),
})

/** Of either. What is not of the right kind was not said. */
const Profile = z.object({
  email: Text,
  // Cognito's UserInfo has it as text.
  email_verified: z
    .union([z.boolean(), z.literal(['true', 'false'])])
    .optional()
    .catch(undefined),
  name: Text,
  given_name: Text,
  family_name: Text,
  preferred_username: Text,
  locale: Text,
})

/** Whether an address and its being verified are in there: they are believed together, or not at all. */
export function saysWhoOwns(said: object): boolean {
  const { email, email_verified: verified } = Profile.parse(said)
  return email !== undefined && verified !== undefined
}

/** Throws where the ID token names nobody. */
export function claimsFrom(idToken: object, userInfo: object): Claims {
  const { iss, sub, auth_time: authTime } = Identity.parse(idToken)
  const { email, email_verified: verified } = Profile.parse(saysWhoOwns(idToken) ? idToken : userInfo)
  const said = Profile.parse({ ...idToken, ...userInfo })
  const address = EmailAddress.safeParse(email)
  return {
    issuer: iss,
    subject: sub,
    email: address.data ?? null,
    emailVerified: address.success && (verified === true || verified === 'true'),
    names: [said.name, [said.given_name, said.family_name].join(' '), said.preferred_username].flatMap(
      (name) => DisplayName.safeParse(name).data ?? [],
    ),
    locale: said.locale,
    authTime,
  }
}
