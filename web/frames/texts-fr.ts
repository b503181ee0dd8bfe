import type { Texts } from './texts.js';

/** French. */
export const FR: Texts = {
  faults: {
    incomplete_number: 'Le numéro de votre carte est incomplet.',
    invalid_number: "Le numéro de votre carte n'est pas valide.",
    incomplete_expiry: "La date d'expiration de votre carte est incomplète.",
    invalid_expiry_month_past: "La date d'expiration de votre carte est passée.",
    invalid_expiry_year_past: "L'année d'expiration de votre carte est passée.",
    invalid_expiry_year: "L'année d'expiration de votre carte n'est pas valide.",
    incomplete_cvc: 'Le code de sécurité de votre carte est incomplet.',
    incomplete_zip: 'Votre code postal est incomplet.',
    incomplete_name: 'Veuillez indiquer votre nom complet.',
    incomplete_email: 'Votre adresse e-mail est incomplète.',
    invalid_email: "Votre adresse e-mail n'est pas valide.",
    incomplete_iban: "L'IBAN saisi est incomplet.",
    invalid_iban: "L'IBAN saisi n'est pas valide.",
    incomplete_routing_number: 'Le numéro de routage est incomplet.',
    invalid_routing_number: "Le numéro de routage n'est pas valide.",
    incomplete_account_number: 'Le numéro de compte est incomplet.',
    incomplete_payment_method: 'Veuillez choisir un moyen de paiement.',
  },
  frame: 'Cadre de saisie sécurisé pour le paiement',
  number: 'Numéro de carte',
  expiry: "Date d'expiration",
  expiryForm: 'MM / AA',
  cvc: 'Code de sécurité',
  cvcShort: 'CVC',
  country: 'Pays',
  postal: 'Code postal',
  zip: 'Code postal',
  zipShort: 'Code postal',
  name: 'Nom complet',
  email: 'E-mail',
  routing: 'Numéro de routage',
  account: 'Numéro de compte',
  holder: 'Titulaire du compte',
  individual: 'Particulier',
  company: 'Entreprise',
  accountType: 'Type de compte',
  checking: 'Compte courant',
  savings: "Compte d'épargne",
  method: 'Moyen de paiement',
  another: 'Utiliser un autre moyen de paiement',
  ends: 'se terminant par',
  card: 'Carte',
  sepa: 'Prélèvement SEPA',
  bank: 'Compte bancaire américain',
  redirect: 'Vous terminerez ensuite le paiement sur une autre page.',
  shop: 'ce commerçant',
  cardTerms:
    'En fournissant les informations de votre carte, vous autorisez {shop} à débiter votre ' +
    'carte pour de futurs paiements conformément à ses conditions.',
  sepaTerms:
    'En fournissant vos informations de paiement et en confirmant ce paiement, vous autorisez ' +
    '(A) {shop} et son prestataire de services de paiement à envoyer à votre banque des ' +
    'instructions pour débiter votre compte, et (B) votre banque à le débiter conformément à ' +
    'ces instructions. Vous avez droit à un remboursement selon la convention passée avec ' +
    'votre banque. Il doit être demandé dans les 8 semaines suivant la date du débit.',
  bankTerms:
    'En continuant, vous autorisez {shop} à débiter votre compte bancaire du montant dû pour ' +
    'vos achats, conformément à ses conditions, jusqu’à révocation de votre part.',
  offline: 'Le service de paiement est injoignable. Vérifiez votre connexion et réessayez.',
};
