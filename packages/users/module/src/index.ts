import { defineModule } from '@lightpress/kernel'
import {
  accessChanged,
  erasureFinished,
  exportReady,
  invitationSent,
  membershipChanged,
  organizationAccessChanged,
  timeZoneChanged,
  userCreated,
  users as contract,
} from '@lightpress/users-contract'
import { acceptInvitation, acceptInvitationFor } from './accept-invitation.ts'
import { restoreUser, suspendUser } from './access.ts'
import { listOrganizationActivity } from './activity-log.ts'
import { config } from './config.ts'
import { needs, setup } from './context.ts'
import { continueErasure, forgetContacts, resumeErasures } from './continue-erasure.ts'
import { createOrganization } from './create-organization.ts'
import { downloadExport, downloadMyExport } from './download-export.ts'
import { copyEmail, onEmailChanged } from './email-copy.ts'
import { eraseMe } from './erase-me.ts'
import { eraseOrganization } from './erase-organization.ts'
import { previewErasure, previewMyErasure } from './erasure-preview.ts'
import { listErasures, readErasureMail } from './erasures.ts'
import { exportMe, exportOrganization, forgetExports, listExports, listMyExports, readExportMail } from './exports.ts'
import { removeDueFiles, removeFile, sweepFiles } from './files.ts'
import { forgetInvited } from './forget-invited.ts'
import { data } from './held-data.ts'
import { getImage, removeAvatar, removeLogo, setAvatar, setLogo } from './images.ts'
import { previewInvitation, readInvitation, readInvitationMail } from './invitation-links.ts'
import { listInvitations, revokeInvitation } from './invitations.ts'
import { listOrganizationMembers, readOrganization, readUser } from './look-at.ts'
import { listMembers } from './members.ts'
import { onWebhookEndpointChanged } from './on-webhook-endpoint-changed.ts'
import { demote, promote } from './operators.ts'
import { readOrganizationState, restoreOrganization, suspendOrganization } from './organization-state.ts'
import {
  countMembers,
  getOrganization,
  listOrganizations,
  readMembers,
  readOrganizationNames,
  readPrincipal,
  updateOrganization,
} from './organizations.ts'
import { createUser, getMe, readUsers, updateMe } from './people.ts'
import { prepareAgain, prepareExport } from './prepare-export.ts'
import { removeMember } from './remove-member.ts'
import { searchOrganizations, searchUsers } from './search.ts'
import { seed } from './seed.ts'
import { sweepSendings } from './sending-limits.ts'
import { inviteMember, resendInvitation } from './send-invitation.ts'
import { trail } from './trail.ts'
import { transferOrganization } from './transfer-organization.ts'
import { updateMember } from './update-member.ts'
import { receiveUpload, startUpload } from './uploads.ts'

export const users = defineModule({
  contract,
  needs,
  config,
  migrations: new URL('../migrations', import.meta.url),
  extensions: ['pg_trgm'],
  data,
  trail,
  setup,
  check: ({ storage }) => storage.check(),
  publishes: [
    userCreated,
    timeZoneChanged,
    accessChanged,
    organizationAccessChanged,
    membershipChanged,
    invitationSent,
    exportReady,
    erasureFinished,
  ],
  handlers: {
    getMe,
    updateMe,
    startUpload,
    receiveUpload,
    setAvatar,
    removeAvatar,
    getImage,
    listOrganizations,
    createOrganization,
    getOrganization,
    updateOrganization,
    setLogo,
    removeLogo,
    transferOrganization,
    listMembers,
    updateMember,
    removeMember,
    listInvitations,
    inviteMember,
    resendInvitation,
    revokeInvitation,
    previewInvitation,
    acceptInvitation,
    readInvitation,
    acceptInvitationFor,
    readInvitationMail,
    listOrganizationActivity,
    listMyExports,
    exportMe,
    downloadMyExport,
    listExports,
    exportOrganization,
    downloadExport,
    readExportMail,
    previewMyErasure,
    eraseMe,
    previewErasure,
    eraseOrganization,
    listErasures,
    readErasureMail,
    searchUsers,
    readUser,
    suspendUser,
    restoreUser,
    searchOrganizations,
    readOrganization,
    listOrganizationMembers,
    suspendOrganization,
    restoreOrganization,
    createUser,
    readPrincipal,
    readOrganizationState,
    readMembers,
    countMembers,
    readOrganizationNames,
    readUsers,
  },
  listeners: [onEmailChanged, onWebhookEndpointChanged],
  jobs: [copyEmail, removeFile, removeDueFiles, prepareExport, continueErasure],
  schedules: [
    { name: 'sweep-files', cron: '*/5 * * * *', run: sweepFiles },
    { name: 'prepare-again', cron: '*/10 * * * *', run: prepareAgain },
    { name: 'resume-erasures', cron: '*/5 * * * *', run: resumeErasures },
    { name: 'forget-contacts', cron: '23 * * * *', run: forgetContacts },
    { name: 'forget-exports', cron: '37 * * * *', run: forgetExports },
    { name: 'forget-invited', cron: '*/5 * * * *', run: forgetInvited },
    { name: 'sweep-sendings', cron: '43 * * * *', run: sweepSendings },
  ],
  commands: [promote, demote],
  seed,
})
