import type { Texts } from './texts.js';

/** Dutch. */
export const NL: Texts = {
  faults: {
    incomplete_number: 'Uw kaartnummer is onvolledig.',
    invalid_number: 'Uw kaartnummer is ongeldig.',
    incomplete_expiry: 'De vervaldatum van uw kaart is onvolledig.',
    invalid_expiry_month_past: 'De vervaldatum van uw kaart is verstreken.',
    invalid_expiry_year_past: 'Het vervaljaar van uw kaart is verstreken.',
    invalid_expiry_year: 'Het vervaljaar van uw kaart is ongeldig.',
    incomplete_cvc: 'De beveiligingscode van uw kaart is onvolledig.',
    incomplete_zip: 'Uw postcode is onvolledig.',
    incomplete_name: 'Vul uw volledige naam in.',
    incomplete_email: 'Uw e-mailadres is onvolledig.',
    invalid_email: 'Uw e-mailadres is ongeldig.',
    incomplete_iban: 'Het ingevoerde IBAN is onvolledig.',
    invalid_iban: 'Het ingevoerde IBAN is ongeldig.',
    incomplete_routing_number: 'Het routingnummer is onvolledig.',
    invalid_routing_number: 'Het routingnummer is ongeldig.',
    incomplete_account_number: 'Het rekeningnummer is onvolledig.',
    incomplete_payment_method: 'Kies een betaalmethode.',
  },
  frame: 'Beveiligd invoerframe voor betalingen',
  number: 'Kaartnummer',
  expiry: 'Vervaldatum',
  expiryForm: 'MM / JJ',
  cvc: 'Beveiligingscode',
  cvcShort: 'CVC',
  country: 'Land',
  postal: 'Postcode',
  zip: 'Postcode',
  zipShort: 'Postcode',
  name: 'Volledige naam',
  email: 'E-mail',
  routing: 'Routingnummer',
  account: 'Rekeningnummer',
  holder: 'Rekeninghouder',
  individual: 'Particulier',
  company: 'Bedrijf',
  accountType: 'Soort rekening',
  checking: 'Betaalrekening',
  savings: 'Spaarrekening',
  method: 'Betaalmethode',
  another: 'Een andere betaalmethode gebruiken',
  ends: 'eindigend op',
  card: 'Kaart',
  sepa: 'SEPA-incasso',
  bank: 'Amerikaanse bankrekening',
  redirect: 'Daarna rondt u de betaling op een andere pagina af.',
  shop: 'de winkel',
  cardTerms:
    'Door uw kaartgegevens te verstrekken, staat u {shop} toe uw kaart voor toekomstige ' +
    'betalingen te belasten volgens de geldende voorwaarden.',
  sepaTerms:
    'Door uw betaalgegevens te verstrekken en deze betaling te bevestigen, machtigt u (A) ' +
    '{shop} en de betaaldienstverlener om uw bank opdracht te geven uw rekening te belasten en ' +
    '(B) uw bank om uw rekening volgens die opdracht te belasten. U hebt recht op ' +
    'terugbetaling volgens de voorwaarden van uw bank. Vraag dit binnen 8 weken na de ' +
    'afschrijving aan.',
  bankTerms:
    'Door verder te gaan, machtigt u {shop} om het bedrag voor uw aankopen van uw bankrekening ' +
    'af te schrijven, volgens de geldende voorwaarden, tot u dit intrekt.',
  offline: 'De betaaldienst is onbereikbaar. Controleer uw verbinding en probeer het opnieuw.',
};
