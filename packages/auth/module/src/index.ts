import {
  auth as contract,
  emailChanged,
  emailChangeRequested,
  magicLinkRequested,
  passwordResetRequested,
  recoveryDue,
  recoveryRequested,
  registrationRequested,
  securityAlerted,
} from '@lightpress/auth-contract'
import { defineModule } from '@lightpress/kernel'
import { users } from '@lightpress/users-contract'
import { exportAudit, listActivity, listAudit, readSecurityAlert } from './audit-log.ts'
import { checkKeys } from './check-keys.ts'
import { config } from './config.ts'
import { confirmEmailChange } from './confirm-email-change.ts'
import { setup } from './context.ts'
import { cancelEmailChange, changeEmail, getEmailChange, readEmailChangeMails } from './email-change.ts'
import { endSessionsByHand } from './end-sessions-by-hand.ts'
import { rotateAgedKey, rotateKeys } from './key-rotation.ts'
import { data } from './held-data.ts'
import { followPerson, onAccessChanged } from './on-access-changed.ts'
import { follow, onOrganizationAccessChanged } from './on-organization-access-changed.ts'
import { readEmail } from './own-account.ts'
import { enrollTotp, confirmTotp, disableTotp } from './totp.ts'
import { trail } from './trail.ts'
import { verifyTotp } from './verify-totp.ts'
import { createRecoveryCodes } from './recovery-codes.ts'
import { verifyRecoveryCode } from './verify-recovery-code.ts'
import { stepUp } from './step-up.ts'
import { getCredentials } from './credentials.ts'
import { renamePasskey, removePasskey } from './passkeys.ts'
import { startPasskeyRegistration, registerPasskey } from './passkey-registration.ts'
import { startPasskeySignIn, signInWithPasskey } from './passkey-sign-in.ts'
import { startPasskeyVerification, verifyPasskey } from './passkey-second-factor.ts'
import { startPasskeyStepUp } from './passkey-step-up.ts'
import { requestMagicLink, signInWithMagicLink, readMagicLinkMail } from './magic-link.ts'
import { announceRecoveries } from './announce-recoveries.ts'
import { cancelOwnRecovery, cancelRecovery } from './cancel-recovery.ts'
import { completeRecovery } from './complete-recovery.ts'
import { readRecoveryMail, requestRecovery } from './recovery.ts'
import { resealByHand } from './reseal.ts'
import { resetFactorsByHand } from './reset-factors-by-hand.ts'
import { finishOidc } from './oidc-callback.ts'
import { linkOidc, listSignInProviders, startOidcSignIn, stepUpWithOidc } from './oidc.ts'
import { unlinkSignIn } from './linked-sign-ins.ts'
import { listApiKeys, listScopes, revokeApiKey } from './api-keys.ts'
import { createApiKey } from './create-api-key.ts'
import { readApiKey } from './read-api-key.ts'
import { impersonate, endImpersonation } from './impersonation.ts'
import { getSession } from './session-info.ts'
import { changePassword } from './password-change.ts'
import { forgotPassword, readPasswordResetMail, resetPassword } from './password-reset.ts'
import { refreshToken } from './refresh.ts'
import { joinInvited, registerByInvitation } from './register-by-invitation.ts'
import { readRegistrationMail, resendVerification, signUp } from './registrations.ts'
import { readRevocations } from './revocations.ts'
import { seed } from './seed.ts'
import { endSession, endSessions, listSessions } from './session-list.ts'
import { signIn } from './sign-in.ts'
import { signOut } from './sign-out.ts'
import { readVerificationKeys } from './signing-keys.ts'
import { switchOrganization } from './switch-organization.ts'
import { sweep } from './sweep.ts'
import { verifyEmail } from './verify-email.ts'

export const auth = defineModule({
  contract,
  needs: { users },
  config,
  migrations: new URL('../migrations', import.meta.url),
  data,
  trail,
  setup,
  check: checkKeys,
  publishes: [
    registrationRequested,
    passwordResetRequested,
    magicLinkRequested,
    recoveryRequested,
    recoveryDue,
    emailChangeRequested,
    emailChanged,
    securityAlerted,
  ],
  handlers: {
    signUp,
    resendVerification,
    readRegistrationMail,
    verifyEmail,
    registerByInvitation,
    signIn,
    refreshToken,
    signOut,
    switchOrganization,
    listSessions,
    endSession,
    endSessions,
    forgotPassword,
    readPasswordResetMail,
    resetPassword,
    changePassword,
    getEmailChange,
    changeEmail,
    cancelEmailChange,
    confirmEmailChange,
    readEmailChangeMails,
    readEmail,
    listActivity,
    listAudit,
    exportAudit,
    readSecurityAlert,
    readVerificationKeys,
    getKeySet: readVerificationKeys,
    readRevocations,
    enrollTotp,
    confirmTotp,
    disableTotp,
    verifyTotp,
    createRecoveryCodes,
    verifyRecoveryCode,
    stepUp,
    getCredentials,
    renamePasskey,
    removePasskey,
    startPasskeyRegistration,
    registerPasskey,
    startPasskeySignIn,
    signInWithPasskey,
    startPasskeyVerification,
    verifyPasskey,
    startPasskeyStepUp,
    requestMagicLink,
    signInWithMagicLink,
    readMagicLinkMail,
    requestRecovery,
    completeRecovery,
    cancelRecovery,
    cancelOwnRecovery,
    readRecoveryMail,
    listSignInProviders,
    startOidcSignIn,
    finishOidc,
    linkOidc,
    stepUpWithOidc,
    unlinkSignIn,
    listApiKeys,
    listScopes,
    createApiKey,
    revokeApiKey,
    readApiKey,
    impersonate,
    endImpersonation,
    getSession,
  },
  listeners: [onAccessChanged, onOrganizationAccessChanged],
  jobs: [follow, followPerson, joinInvited],
  schedules: [
    { name: 'sweep', cron: '17 * * * *', run: sweep },
    { name: 'announce-recoveries', cron: '*/10 * * * *', run: announceRecoveries },
    { name: 'rotate-keys', cron: '41 3 * * *', run: rotateAgedKey },
  ],
  commands: [rotateKeys, resealByHand, endSessionsByHand, resetFactorsByHand],
  seed,
})
