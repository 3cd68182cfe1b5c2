import { auth as contract, registrationRequested } from '@lightpress/auth-contract'
import { defineModule } from '@lightpress/kernel'
import { users } from '@lightpress/users-contract'
import { config } from './config.ts'
import { setup } from './context.ts'
import { refreshToken } from './refresh.ts'
import { readRegistrationMail, resendVerification, signUp } from './registrations.ts'
import { readRevocations } from './revocations.ts'
import { seed } from './seed.ts'
import { signOut, switchOrganization } from './sessions.ts'
import { signIn } from './sign-in.ts'
import { readVerificationKeys } from './signing-keys.ts'
import { sweep } from './sweep.ts'
import { verifyEmail } from './verify-email.ts'

export const auth = defineModule({
  contract,
  needs: { users },
  config,
  migrations: new URL('../migrations', import.meta.url),
  setup,
  publishes: [registrationRequested],
  handlers: {
    signUp,
    resendVerification,
    readRegistrationMail,
    verifyEmail,
    signIn,
    refreshToken,
    signOut,
    switchOrganization,
    readVerificationKeys,
    getKeySet: readVerificationKeys,
    readRevocations,
  },
  schedules: [{ name: 'sweep', cron: '17 * * * *', run: sweep }],
  seed,
})
