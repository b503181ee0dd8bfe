import type { Texts } from './texts.js';

/** Italian. */
export const IT: Texts = {
  faults: {
    incomplete_number: 'Il numero della carta è incompleto.',
    invalid_number: 'Il numero della carta non è valido.',
    incomplete_expiry: 'La data di scadenza della carta è incompleta.',
    invalid_expiry_month_past: 'La data di scadenza della carta è passata.',
    invalid_expiry_year_past: "L'anno di scadenza della carta è passato.",
    invalid_expiry_year: "L'anno di scadenza della carta non è valido.",
    incomplete_cvc: 'Il codice di sicurezza della carta è incompleto.',
    incomplete_zip: 'Il codice postale è incompleto.',
    incomplete_name: 'Inserisci il tuo nome completo.',
    incomplete_email: "L'indirizzo e-mail è incompleto.",
    invalid_email: "L'indirizzo e-mail non è valido.",
    incomplete_iban: "L'IBAN inserito è incompleto.",
    invalid_iban: "L'IBAN inserito non è valido.",
    incomplete_routing_number: 'Il codice bancario è incompleto.',
    invalid_routing_number: 'Il codice bancario non è valido.',
    incomplete_account_number: 'Il numero di conto è incompleto.',
    incomplete_payment_method: 'Scegli un metodo di pagamento.',
  },
  frame: 'Riquadro sicuro per i dati di pagamento',
  number: 'Numero di carta',
  expiry: 'Data di scadenza',
  expiryForm: 'MM / AA',
  cvc: 'Codice di sicurezza',
  cvcShort: 'CVC',
  country: 'Paese',
  postal: 'Codice postale',
  zip: 'CAP',
  zipShort: 'CAP',
  name: 'Nome completo',
  email: 'E-mail',
  routing: 'Codice bancario (routing number)',
  account: 'Numero di conto',
  holder: 'Titolare del conto',
  individual: 'Privato',
  company: 'Azienda',
  accountType: 'Tipo di conto',
  checking: 'Conto corrente',
  savings: 'Conto di risparmio',
  method: 'Metodo di pagamento',
  another: 'Usa un altro metodo di pagamento',
  ends: 'che termina con',
  card: 'Carta',
  sepa: 'Addebito diretto SEPA',
  bank: 'Conto bancario USA',
  redirect: "Completerai poi il pagamento su un'altra pagina.",
  shop: 'il negozio',
  cardTerms:
    'Fornendo i dati della carta, accetti che {shop} la addebiti per pagamenti futuri in base ' +
    'ai propri termini.',
  sepaTerms:
    'Fornendo i dati di pagamento e confermando il pagamento, autorizzi che (A) {shop} e il ' +
    'suo fornitore di servizi di pagamento inviino alla tua banca istruzioni per addebitare il ' +
    'tuo conto e che (B) la tua banca lo addebiti secondo tali istruzioni. Hai diritto a un ' +
    "rimborso alle condizioni dell'accordo con la tua banca. Va richiesto entro 8 settimane " +
    "dalla data dell'addebito.",
  bankTerms:
    "Continuando, accetti che {shop} addebiti sul tuo conto l'importo dovuto per gli acquisti, " +
    'in base ai propri termini, fino a revoca.',
  offline: 'Il servizio di pagamento non è raggiungibile. Controlla la connessione e riprova.',
};
