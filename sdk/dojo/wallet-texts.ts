/** Words of the simulated wallet, in the order in which each language gives them. */
const WORDS = [
  'plain',
  'book',
  'buy',
  'checkout',
  'donate',
  'order',
  'title',
  'notice',
  'card',
  'email',
  'billing',
  'shipping',
  'pay',
  'cancel',
] as const;
type Word = (typeof WORDS)[number];

/** The button's by its type, `plain` to `order`, and those of the sheet that it opens. */
export type WalletTexts = Readonly<Record<Word, string>>;

const LANGUAGES: Readonly<Record<string, string>> = {
  en:
    'Wallet|Book with wallet|Buy with wallet|Check out with wallet|Donate with wallet|' +
    'Order with wallet|Simulated wallet|A test of a phone’s wallet. No real card is charged.|' +
    'Card|Email|Billing address|Shipping address|Pay|Cancel',
  de:
    'Wallet|Mit Wallet buchen|Mit Wallet kaufen|Mit Wallet zur Kasse|Mit Wallet spenden|' +
    'Mit Wallet bestellen|Simulierte Wallet|Ein Test der Wallet eines Telefons. Keine echte ' +
    'Karte wird belastet.|Karte|E-Mail|Rechnungsadresse|Lieferadresse|Bezahlen|Abbrechen',
  fr:
    'Portefeuille|Réserver|Acheter|Payer la commande|Faire un don|Commander|' +
    'Portefeuille simulé|Un essai du portefeuille d’un téléphone. Aucune vraie carte n’est ' +
    'débitée.|Carte|E-mail|Adresse de facturation|Adresse de livraison|Payer|Annuler',
  es:
    'Cartera|Reservar con la cartera|Comprar con la cartera|Finalizar con la cartera|' +
    'Donar con la cartera|Pedir con la cartera|Cartera simulada|Una prueba de la cartera de un ' +
    'teléfono. No se cobra ninguna tarjeta real.|Tarjeta|Correo|Dirección de facturación|' +
    'Dirección de envío|Pagar|Cancelar',
  it:
    'Portafoglio|Prenota con il portafoglio|Compra con il portafoglio|Concludi con il ' +
    'portafoglio|Dona con il portafoglio|Ordina con il portafoglio|Portafoglio simulato|Una ' +
    'prova del portafoglio di un telefono. Nessuna carta vera viene addebitata.|Carta|E-mail|' +
    'Indirizzo di fatturazione|Indirizzo di spedizione|Paga|Annulla',
  nl:
    'Wallet|Boeken met wallet|Kopen met wallet|Afrekenen met wallet|Doneren met wallet|' +
    'Bestellen met wallet|Nagebootste wallet|Een test van de wallet van een telefoon. Er wordt ' +
    'geen echte kaart belast.|Kaart|E-mail|Factuuradres|Bezorgadres|Betalen|Annuleren',
};

/** The words in the language of a tag; English where there are none. */
export function walletTexts(tag: string): WalletTexts {
  const language = tag.toLowerCase().split(/[-_]/, 1)[0] ?? '';
  const texts = (LANGUAGES[language] ?? LANGUAGES.en ?? '').split('|');
  const entries = WORDS.map((word, index) => [word, texts[index] ?? ''] as const);
  return Object.fromEntries(entries) as WalletTexts;
}

/** The words on a button of a type; those of a plain one where there is no such type. */
export function buttonText(texts: WalletTexts, type: unknown): string {
  const named = WORDS.slice(0, WORDS.indexOf('title')).find((word) => word === type);
  return texts[named ?? 'plain'];
}
