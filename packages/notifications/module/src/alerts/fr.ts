import type { AlertTexts } from './texts.ts'

export const fr: AlertTexts = {
  password_changed: {
    title: 'Votre mot de passe a été modifié',
    lead: 'Le mot de passe de votre compte a été modifié. Toutes les autres sessions ont été fermées.',
    advice:
      'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un est connecté à votre compte et connaissait votre mot de passe : choisissez-en un nouveau maintenant, ce qui ferme toutes les sessions.',
  },
  password_reset: {
    title: 'Votre mot de passe a été réinitialisé',
    lead: 'Un nouveau mot de passe a été choisi par le lien d’un de nos messages. Toutes les sessions ont été fermées.',
    advice:
      'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un peut lire vos messages : sécurisez d’abord votre messagerie, puis choisissez un nouveau mot de passe.',
  },
  email_changed: {
    title: 'Votre adresse e-mail a été modifiée',
    lead: 'Votre compte a une nouvelle adresse e-mail. L’ancienne ne l’ouvre plus.',
    advice:
      'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un peut lire vos messages et connaissait votre mot de passe : sécurisez d’abord votre messagerie. Puis, là où vous êtes encore connecté, fermez toutes les autres sessions.',
  },
  refresh_token_replayed: {
    title: 'Nous avons fermé une de vos sessions',
    lead: 'Quelqu’un d’autre avait une copie d’une de vos sessions, nous l’avons donc fermée. Là où vous avez été déconnecté, reconnectez-vous.',
    advice:
      'La copie peut provenir d’un de vos appareils ou d’un programme qui s’y trouve. Choisissez un nouveau mot de passe, ce qui ferme toutes les sessions, et vérifiez les appareils que vous utilisez.',
  },
  signed_in: {
    title: 'Nouvelle connexion à votre compte',
    lead: 'Quelqu’un s’est connecté à votre compte avec un appareil que nous ne connaissions pas.',
    advice:
      'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un connaît votre mot de passe : choisissez-en un nouveau maintenant, ce qui ferme toutes les sessions.',
  },
  second_factor_locked: {
    title: 'Trop d’essais erronés de votre second facteur',
    lead: 'Quelqu’un a franchi la première étape de la connexion, puis essayé trop de codes ou de clés d’accès erronés. Nous n’en acceptons plus de là-bas pour un moment.',
    advice:
      'Si c’était vous, attendez un peu et réessayez. Sinon, quelqu’un connaît votre mot de passe ou peut lire vos messages : sécurisez votre messagerie, puis choisissez un nouveau mot de passe, ce qui ferme toutes les sessions.',
  },
  totp_added: {
    title: 'Une application d’authentification a été ajoutée',
    lead: 'La connexion à votre compte demande désormais un code d’une application d’authentification.',
    advice:
      'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un est connecté à votre compte : choisissez un nouveau mot de passe maintenant, ce qui ferme toutes les sessions, puis retirez l’application.',
  },
  totp_removed: {
    title: 'L’application d’authentification a été retirée',
    lead: 'La connexion à votre compte ne demande plus de code de votre application d’authentification.',
    advice:
      'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un est connecté à votre compte : choisissez un nouveau mot de passe maintenant, ce qui ferme toutes les sessions, puis ajoutez de nouveau l’application.',
  },
  passkey_added: {
    title: 'Une clé d’accès a été ajoutée',
    lead: 'Une nouvelle clé d’accès ouvre désormais votre compte.',
    advice:
      'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un est connecté à votre compte : choisissez un nouveau mot de passe maintenant, ce qui ferme toutes les sessions, puis retirez la clé d’accès.',
  },
  passkey_removed: {
    title: 'Une clé d’accès a été retirée',
    lead: 'Une clé d’accès n’ouvre plus votre compte.',
    advice:
      'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un est connecté à votre compte : choisissez un nouveau mot de passe maintenant, ce qui ferme toutes les sessions, puis vérifiez vos clés d’accès.',
  },
  recovery_codes_made: {
    title: 'De nouveaux codes de secours ont été créés',
    lead: 'Votre compte a dix nouveaux codes de secours. Les précédents ne valent plus rien.',
    advice:
      'Si c’était vous, conservez-les là où vous gardez ce qui ne doit pas se perdre. Sinon, quelqu’un est connecté à votre compte : choisissez un nouveau mot de passe maintenant, ce qui ferme toutes les sessions, puis créez de nouveaux codes.',
  },
  recovery_code_used: {
    title: 'Un code de secours a été utilisé',
    lead: 'Quelqu’un a prouvé son identité avec un de vos codes de secours, qui est maintenant épuisé.',
    advice:
      'Si c’était vous, créez de nouveaux codes avant d’en manquer. Sinon, quelqu’un a vos codes et votre mot de passe : choisissez un nouveau mot de passe maintenant, ce qui ferme toutes les sessions, puis créez de nouveaux codes.',
  },
  sign_in_linked: {
    title: 'Un autre moyen de connexion a été associé',
    lead: 'Une connexion chez un autre fournisseur ouvre désormais votre compte.',
    advice:
      'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un est connecté à votre compte : choisissez un nouveau mot de passe maintenant, ce qui ferme toutes les sessions, puis supprimez l’association.',
  },
  sign_in_unlinked: {
    title: 'Un moyen de connexion associé a été retiré',
    lead: 'Une connexion chez un autre fournisseur n’ouvre plus votre compte.',
    advice:
      'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un est connecté à votre compte : choisissez un nouveau mot de passe maintenant, ce qui ferme toutes les sessions.',
  },
  recovery_requested: {
    title: 'Quelqu’un déclare vos seconds facteurs perdus',
    lead: 'Dans trois jours, ils pourront être retirés de votre compte, sauf si vous l’empêchez.',
    advice:
      'Si ce n’était pas vous, empêchez-le maintenant et choisissez un nouveau mot de passe : quelqu’un connaît le vôtre.',
  },
  recovery_completed: {
    title: 'Vos seconds facteurs ont été retirés',
    lead: 'L’application d’authentification, les clés d’accès et les codes de secours ont été retirés de votre compte. Toutes les sessions ont été fermées.',
    advice:
      'Si c’était vous, connectez-vous et configurez de nouveau la validation en deux étapes. Sinon, quelqu’un connaît votre mot de passe et peut lire vos messages : sécurisez d’abord votre messagerie, puis choisissez un nouveau mot de passe.',
  },
  api_key_created: {
    title: 'Vous avez créé une clé d’API',
    lead: 'Une nouvelle clé d’API peut agir pour votre organisation, dans la limite de ses autorisations.',
    advice:
      'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un est connecté à votre compte : choisissez un nouveau mot de passe maintenant, ce qui ferme toutes les sessions, et révoquez la clé.',
  },
  impersonation_started: {
    title: 'Notre assistance a ouvert votre compte',
    lead: 'Une personne de notre équipe agit en votre nom, pendant une heure au plus. Elle ne peut changer ni mot de passe ni adresse, et tout ce qu’elle fait est enregistré.',
    advice:
      'Cela sert à vous aider pour un problème que vous avez signalé. Si vous n’avez pas demandé d’aide, dites-le-nous ; vous pouvez y mettre fin en fermant la session.',
  },
}
