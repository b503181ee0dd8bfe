import type { Texts } from './texts.js';

/** Spanish. */
export const ES: Texts = {
  faults: {
    incomplete_number: 'El número de tu tarjeta está incompleto.',
    invalid_number: 'El número de tu tarjeta no es válido.',
    incomplete_expiry: 'La fecha de caducidad de tu tarjeta está incompleta.',
    invalid_expiry_month_past: 'La fecha de caducidad de tu tarjeta ya ha pasado.',
    invalid_expiry_year_past: 'El año de caducidad de tu tarjeta ya ha pasado.',
    invalid_expiry_year: 'El año de caducidad de tu tarjeta no es válido.',
    incomplete_cvc: 'El código de seguridad de tu tarjeta está incompleto.',
    incomplete_zip: 'Tu código postal está incompleto.',
    incomplete_name: 'Indica tu nombre completo.',
    incomplete_email: 'Tu correo electrónico está incompleto.',
    invalid_email: 'Tu correo electrónico no es válido.',
    incomplete_iban: 'El IBAN introducido está incompleto.',
    invalid_iban: 'El IBAN introducido no es válido.',
    incomplete_routing_number: 'El número de ruta está incompleto.',
    invalid_routing_number: 'El número de ruta no es válido.',
    incomplete_account_number: 'El número de cuenta está incompleto.',
    incomplete_payment_method: 'Elige un método de pago.',
  },
  frame: 'Marco seguro para los datos de pago',
  number: 'Número de tarjeta',
  expiry: 'Fecha de caducidad',
  expiryForm: 'MM / AA',
  cvc: 'Código de seguridad',
  cvcShort: 'CVC',
  country: 'País',
  postal: 'Código postal',
  zip: 'Código postal',
  zipShort: 'C. P.',
  name: 'Nombre completo',
  email: 'Correo electrónico',
  routing: 'Número de ruta',
  account: 'Número de cuenta',
  holder: 'Titular de la cuenta',
  individual: 'Particular',
  company: 'Empresa',
  accountType: 'Tipo de cuenta',
  checking: 'Cuenta corriente',
  savings: 'Cuenta de ahorro',
  method: 'Método de pago',
  another: 'Usar otro método de pago',
  ends: 'terminada en',
  card: 'Tarjeta',
  sepa: 'Adeudo directo SEPA',
  bank: 'Cuenta bancaria de EE. UU.',
  redirect: 'Después completarás el pago en otra página.',
  shop: 'el comercio',
  cardTerms:
    'Al facilitar los datos de tu tarjeta, permites que {shop} la use para pagos futuros de ' +
    'acuerdo con sus condiciones.',
  sepaTerms:
    'Al facilitar tus datos de pago y confirmar este pago, autorizas (A) a que {shop} y su ' +
    'proveedor de servicios de pago envíen instrucciones a tu banco para adeudar tu cuenta y ' +
    '(B) a que tu banco adeude tu cuenta según esas instrucciones. Tienes derecho a un ' +
    'reembolso según las condiciones de tu contrato con el banco. Debe reclamarse en las 8 ' +
    'semanas siguientes a la fecha del adeudo.',
  bankTerms:
    'Al continuar, permites que {shop} adeude en tu cuenta bancaria el importe de tus compras, ' +
    'según sus condiciones, hasta que revoques esta autorización.',
  offline:
    'No se puede contactar con el servicio de pago. Comprueba tu conexión e inténtalo de nuevo.',
};
