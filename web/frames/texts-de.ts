import type { Texts } from './texts.js';

/** German. */
export const DE: Texts = {
  faults: {
    incomplete_number: 'Ihre Kartennummer ist unvollständig.',
    invalid_number: 'Ihre Kartennummer ist ungültig.',
    incomplete_expiry: 'Das Ablaufdatum Ihrer Karte ist unvollständig.',
    invalid_expiry_month_past: 'Das Ablaufdatum Ihrer Karte liegt in der Vergangenheit.',
    invalid_expiry_year_past: 'Das Ablaufjahr Ihrer Karte liegt in der Vergangenheit.',
    invalid_expiry_year: 'Das Ablaufjahr Ihrer Karte ist ungültig.',
    incomplete_cvc: 'Der Sicherheitscode Ihrer Karte ist unvollständig.',
    incomplete_zip: 'Ihre Postleitzahl ist unvollständig.',
    incomplete_name: 'Bitte geben Sie Ihren vollständigen Namen an.',
    incomplete_email: 'Ihre E-Mail-Adresse ist unvollständig.',
    invalid_email: 'Ihre E-Mail-Adresse ist ungültig.',
    incomplete_iban: 'Die eingegebene IBAN ist unvollständig.',
    invalid_iban: 'Die eingegebene IBAN ist ungültig.',
    incomplete_routing_number: 'Die Bankleitzahl ist unvollständig.',
    invalid_routing_number: 'Die Bankleitzahl ist ungültig.',
    incomplete_account_number: 'Die Kontonummer ist unvollständig.',
    incomplete_payment_method: 'Bitte wählen Sie eine Zahlungsmethode.',
  },
  frame: 'Sicherer Eingaberahmen für Zahlungen',
  number: 'Kartennummer',
  expiry: 'Ablaufdatum',
  expiryForm: 'MM / JJ',
  cvc: 'Sicherheitscode',
  cvcShort: 'CVC',
  country: 'Land',
  postal: 'Postleitzahl',
  zip: 'Postleitzahl',
  zipShort: 'PLZ',
  name: 'Vollständiger Name',
  email: 'E-Mail-Adresse',
  routing: 'Bankleitzahl (Routing Number)',
  account: 'Kontonummer',
  holder: 'Kontoinhaber',
  individual: 'Privatperson',
  company: 'Unternehmen',
  accountType: 'Kontoart',
  checking: 'Girokonto',
  savings: 'Sparkonto',
  method: 'Zahlungsmethode',
  another: 'Andere Zahlungsmethode verwenden',
  ends: 'mit den Endziffern',
  card: 'Karte',
  sepa: 'SEPA-Lastschrift',
  bank: 'US-Bankkonto',
  redirect: 'Danach schließen Sie die Zahlung auf einer anderen Seite ab.',
  shop: 'dem Händler',
  cardTerms:
    'Mit der Angabe Ihrer Kartendaten gestatten Sie {shop}, Ihre Karte gemäß den dort ' +
    'geltenden Bedingungen für künftige Zahlungen zu belasten.',
  sepaTerms:
    'Mit der Angabe Ihrer Zahlungsdaten und der Bestätigung dieser Zahlung ermächtigen Sie (A) ' +
    'den Zahlungsempfänger ({shop}) und seinen Zahlungsdienstleister, Ihrer Bank Anweisungen ' +
    'zur Belastung Ihres Kontos zu senden, und (B) Ihre Bank, Ihr Konto gemäß diesen ' +
    'Anweisungen zu belasten. Sie haben nach den Bedingungen Ihrer Bank Anspruch auf ' +
    'Erstattung. Sie muss binnen 8 Wochen nach der Belastung verlangt werden.',
  bankTerms:
    'Wenn Sie fortfahren, gestatten Sie {shop}, Ihr Bankkonto gemäß den dort geltenden ' +
    'Bedingungen mit dem für Ihre Einkäufe geschuldeten Betrag zu belasten, bis Sie dies ' +
    'widerrufen.',
  offline:
    'Der Zahlungsdienst ist nicht erreichbar. Prüfen Sie Ihre Verbindung und versuchen Sie es ' +
    'erneut.',
};
