/**
 * What a customer reads when a card is refused, in the page's language. The API answers in English;
 * `refusalText(locale, code, declineCode)` gives the text to put in its place, or null: then the
 * API's own stays. About 1.5 kB of the script once compressed.
 */

/** The refusals that have a text of their own, in the order of the texts. */
const REFUSALS = [
  'card_declined',
  'insufficient_funds',
  'expired_card',
  'incorrect_cvc',
  'incorrect_number',
  'processing_error',
  'authentication_required',
  'payment_intent_authentication_failure',
] as const;

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  de: [
    'Ihre Karte wurde abgelehnt.',
    'Ihre Karte ist nicht ausreichend gedeckt.',
    'Ihre Karte ist abgelaufen.',
    'Der Sicherheitscode Ihrer Karte ist falsch.',
    'Ihre Kartennummer ist falsch.',
    'Bei der Verarbeitung Ihrer Karte ist ein Fehler aufgetreten. Versuchen Sie es gleich erneut.',
    'Ihre Karte wurde abgelehnt. Diese Zahlung muss bestätigt werden.',
    'Ihre Zahlung konnte nicht bestätigt werden. Wählen Sie bitte eine andere Zahlungsmethode.',
  ],
  fr: [
    'Votre carte a été refusée.',
    'Votre carte ne dispose pas de fonds suffisants.',
    'Votre carte a expiré.',
    'Le code de sécurité de votre carte est incorrect.',
    'Le numéro de votre carte est incorrect.',
    'Une erreur est survenue lors du traitement de votre carte. Réessayez dans un instant.',
    'Votre carte a été refusée. Ce paiement doit être authentifié.',
    "Votre paiement n'a pas pu être authentifié. Choisissez un autre moyen de paiement.",
  ],
  es: [
    'Tu tarjeta ha sido rechazada.',
    'Tu tarjeta no tiene fondos suficientes.',
    'Tu tarjeta ha caducado.',
    'El código de seguridad de tu tarjeta es incorrecto.',
    'El número de tu tarjeta es incorrecto.',
    'Se ha producido un error al procesar tu tarjeta. Inténtalo de nuevo en un momento.',
    'Tu tarjeta ha sido rechazada. Este pago requiere autenticación.',
    'No se ha podido autenticar tu pago. Elige otro método de pago.',
  ],
  it: [
    'La tua carta è stata rifiutata.',
    'La tua carta non ha fondi sufficienti.',
    'La tua carta è scaduta.',
    'Il codice di sicurezza della carta non è corretto.',
    'Il numero della carta non è corretto.',
    "Si è verificato un errore durante l'elaborazione della carta. Riprova tra poco.",
    'La tua carta è stata rifiutata. Il pagamento richiede autenticazione.',
    'Non è stato possibile autenticare il pagamento. Scegli un altro metodo di pagamento.',
  ],
  nl: [
    'Uw kaart is geweigerd.',
    'Uw kaart heeft onvoldoende saldo.',
    'Uw kaart is verlopen.',
    'De beveiligingscode van uw kaart is onjuist.',
    'Uw kaartnummer is onjuist.',
    'Er is iets misgegaan bij het verwerken van uw kaart. Probeer het zo opnieuw.',
    'Uw kaart is geweigerd. Deze betaling moet worden bevestigd.',
    'Uw betaling kon niet worden bevestigd. Kies een andere betaalmethode.',
  ],
};

/** Refusals that the frames find before the API does, under the words that the API has for them. */
const SAME: Readonly<Record<string, string>> = {
  invalid_cvc: 'incorrect_cvc',
  invalid_number: 'incorrect_number',
};

/**
 * The text for a card error in the language of `locale`; null where there is none, as for English.
 * `code` is the error's; `declineCode` wins where both have a text.
 */
export function refusalText(
  locale: string,
  code: string,
  declineCode: string | null,
): string | null {
  const texts = TEXTS[locale.toLowerCase().split(/[-_]/)[0] ?? ''];
  if (texts === undefined) return null;
  for (const name of [declineCode ?? '', code]) {
    const place = (REFUSALS as readonly string[]).indexOf(SAME[name] ?? name);
    if (place >= 0) return texts[place] ?? null;
  }
  return null;
}
