import type { AlertTexts } from './texts.ts'

export const de: AlertTexts = {
  password_changed: {
    title: 'Ihr Passwort wurde geändert',
    lead: 'Das Passwort Ihres Kontos wurde geändert. Alle anderen Sitzungen wurden beendet.',
    advice:
      'Waren Sie das, ist nichts zu tun. Wenn nicht, ist jemand in Ihrem Konto angemeldet und kannte Ihr Passwort: Wählen Sie jetzt ein neues; das beendet alle Sitzungen.',
  },
  password_reset: {
    title: 'Ihr Passwort wurde zurückgesetzt',
    lead: 'Über den Link in einer Mail von uns wurde ein neues Passwort gesetzt. Alle Sitzungen wurden beendet.',
    advice:
      'Waren Sie das, ist nichts zu tun. Wenn nicht, kann jemand Ihre Mails lesen: Sichern Sie zuerst Ihr Postfach und wählen Sie dann ein neues Passwort.',
  },
  email_changed: {
    title: 'Ihre E-Mail-Adresse wurde geändert',
    lead: 'Ihr Konto hat eine neue E‑Mail-Adresse. Die alte öffnet es nicht mehr.',
    advice:
      'Waren Sie das, ist nichts zu tun. Wenn nicht, kann jemand Ihre Mails lesen und kannte Ihr Passwort: Sichern Sie zuerst Ihr Postfach. Beenden Sie dann dort, wo Sie noch angemeldet sind, alle anderen Sitzungen.',
  },
  refresh_token_replayed: {
    title: 'Wir haben eine Ihrer Sitzungen beendet',
    lead: 'Jemand anders hatte eine Kopie einer Ihrer Sitzungen, deshalb haben wir sie beendet. Wo Sie abgemeldet wurden, melden Sie sich einfach wieder an.',
    advice:
      'Die Kopie kann von einem Ihrer Geräte oder einem Programm darauf stammen. Wählen Sie ein neues Passwort, das beendet alle Sitzungen, und prüfen Sie die Geräte, die Sie verwenden.',
  },
  signed_in: {
    title: 'Neue Anmeldung in Ihrem Konto',
    lead: 'Jemand hat sich mit einem Gerät, das wir noch nicht kannten, in Ihrem Konto angemeldet.',
    advice:
      'Waren Sie das, ist nichts zu tun. Wenn nicht, kennt jemand Ihr Passwort: Wählen Sie jetzt ein neues; das beendet alle Sitzungen.',
  },
  second_factor_locked: {
    title: 'Zu viele falsche Versuche bei Ihrem zweiten Faktor',
    lead: 'Jemand hat den ersten Schritt der Anmeldung geschafft und dann zu viele falsche Codes oder Passkeys versucht. Von dort nehmen wir eine Weile keine mehr an.',
    advice:
      'Waren Sie das, warten Sie ein wenig und versuchen Sie es noch einmal. Wenn nicht, kennt jemand Ihr Passwort oder kann Ihre Mails lesen: Sichern Sie Ihr Postfach und wählen Sie dann ein neues Passwort; das beendet alle Sitzungen.',
  },
  totp_added: {
    title: 'Eine Authenticator-App wurde hinzugefügt',
    lead: 'Die Anmeldung in Ihrem Konto fragt jetzt nach einem Code einer Authenticator-App.',
    advice:
      'Waren Sie das, ist nichts zu tun. Wenn nicht, ist jemand in Ihrem Konto angemeldet: Wählen Sie jetzt ein neues Passwort, das beendet alle Sitzungen, und entfernen Sie dann die App.',
  },
  totp_removed: {
    title: 'Die Authenticator-App wurde entfernt',
    lead: 'Die Anmeldung in Ihrem Konto fragt nicht mehr nach Codes Ihrer Authenticator-App.',
    advice:
      'Waren Sie das, ist nichts zu tun. Wenn nicht, ist jemand in Ihrem Konto angemeldet: Wählen Sie jetzt ein neues Passwort, das beendet alle Sitzungen, und fügen Sie die App dann wieder hinzu.',
  },
  passkey_added: {
    title: 'Ein Passkey wurde hinzugefügt',
    lead: 'Ihr Konto lässt sich mit einem neuen Passkey öffnen.',
    advice:
      'Waren Sie das, ist nichts zu tun. Wenn nicht, ist jemand in Ihrem Konto angemeldet: Wählen Sie jetzt ein neues Passwort, das beendet alle Sitzungen, und entfernen Sie dann den Passkey.',
  },
  passkey_removed: {
    title: 'Ein Passkey wurde entfernt',
    lead: 'Ein Passkey öffnet Ihr Konto nicht mehr.',
    advice:
      'Waren Sie das, ist nichts zu tun. Wenn nicht, ist jemand in Ihrem Konto angemeldet: Wählen Sie jetzt ein neues Passwort, das beendet alle Sitzungen, und sehen Sie dann Ihre Passkeys durch.',
  },
  recovery_codes_made: {
    title: 'Neue Wiederherstellungscodes wurden erstellt',
    lead: 'Ihr Konto hat zehn neue Wiederherstellungscodes. Die vorherigen gelten nicht mehr.',
    advice:
      'Waren Sie das, bewahren Sie sie dort auf, wo Sie verwahren, was nicht verloren gehen darf. Wenn nicht, ist jemand in Ihrem Konto angemeldet: Wählen Sie jetzt ein neues Passwort, das beendet alle Sitzungen, und erstellen Sie dann neue Codes.',
  },
  recovery_code_used: {
    title: 'Ein Wiederherstellungscode wurde benutzt',
    lead: 'Jemand hat sich mit einem Ihrer Wiederherstellungscodes ausgewiesen; der Code ist damit verbraucht.',
    advice:
      'Waren Sie das, erstellen Sie neue Codes, bevor sie ausgehen. Wenn nicht, hat jemand Ihre Codes und Ihr Passwort: Wählen Sie jetzt ein neues Passwort, das beendet alle Sitzungen, und erstellen Sie dann neue Codes.',
  },
  sign_in_linked: {
    title: 'Ein weiterer Anmeldeweg wurde verknüpft',
    lead: 'Ihr Konto lässt sich jetzt durch eine Anmeldung bei einem anderen Anbieter öffnen.',
    advice:
      'Waren Sie das, ist nichts zu tun. Wenn nicht, ist jemand in Ihrem Konto angemeldet: Wählen Sie jetzt ein neues Passwort, das beendet alle Sitzungen, und lösen Sie dann die Verknüpfung.',
  },
  sign_in_unlinked: {
    title: 'Ein verknüpfter Anmeldeweg wurde entfernt',
    lead: 'Eine Anmeldung bei einem anderen Anbieter öffnet Ihr Konto nicht mehr.',
    advice:
      'Waren Sie das, ist nichts zu tun. Wenn nicht, ist jemand in Ihrem Konto angemeldet: Wählen Sie jetzt ein neues Passwort, das beendet alle Sitzungen.',
  },
  recovery_requested: {
    title: 'Jemand meldet Ihre zweiten Faktoren als verloren',
    lead: 'In drei Tagen können sie von Ihrem Konto entfernt werden, wenn Sie es nicht verhindern.',
    advice: 'Waren Sie das nicht, verhindern Sie es jetzt und wählen Sie ein neues Passwort: Jemand kennt Ihres.',
  },
  recovery_completed: {
    title: 'Ihre zweiten Faktoren wurden entfernt',
    lead: 'Authenticator-App, Passkeys und Wiederherstellungscodes wurden von Ihrem Konto entfernt. Alle Sitzungen wurden beendet.',
    advice:
      'Waren Sie das, melden Sie sich an und richten Sie die Bestätigung in zwei Schritten neu ein. Wenn nicht, kennt jemand Ihr Passwort und kann Ihre Mails lesen: Sichern Sie zuerst Ihr Postfach und wählen Sie dann ein neues Passwort.',
  },
  api_key_created: {
    title: 'Sie haben einen API-Schlüssel erstellt',
    lead: 'Ein neuer API-Schlüssel kann für Ihre Organisation handeln, so weit seine Berechtigungen reichen.',
    advice:
      'Waren Sie das, ist nichts zu tun. Wenn nicht, ist jemand in Ihrem Konto angemeldet: Wählen Sie jetzt ein neues Passwort, das beendet alle Sitzungen, und widerrufen Sie den Schlüssel.',
  },
  impersonation_started: {
    title: 'Unser Support hat Ihr Konto geöffnet',
    lead: 'Jemand aus unserem Betrieb handelt als Sie, höchstens eine Stunde lang. Passwort und Adresse lassen sich dabei nicht ändern, und alles wird aufgezeichnet.',
    advice:
      'Das geschieht, um bei etwas zu helfen, das Sie gemeldet haben. Haben Sie nicht um Hilfe gebeten, sagen Sie es uns; Sie beenden den Zugriff, indem Sie die Sitzung beenden.',
  },
}
