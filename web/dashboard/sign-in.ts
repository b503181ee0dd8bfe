import { element } from '../frames/elements.js';
import { drawMark } from '../ui/drawing.js';
import { field } from '../wallet/dom.js';

/** The page of who has not signed in. @param signedIn goes on where it was */
export function makeSignIn(
  signIn: (email: string, password: string) => Promise<object>,
  signedIn: () => Promise<void>,
): HTMLElement {
  const email = field(
    'E-mail',
    element('input', { type: 'email', name: 'email', autocomplete: 'username', required: '' }),
  );
  const password = field(
    'Password',
    element('input', {
      type: 'password',
      name: 'password',
      autocomplete: 'current-password',
      required: '',
    }),
  );
  const problem = element('p', { class: 'problem', role: 'alert' });
  const go = element('button', { type: 'submit', class: 'button is-main' }, 'Sign in');
  const hint = element(
    'p',
    { class: 'soft' },
    'The first operator is made in a terminal, with tender init.',
  );
  const heading = element('h1', {}, drawMark(), 'Sign in to Tender');
  const form = element('form', {}, heading, email.node, password.node, problem, go, hint);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (go.getAttribute('aria-busy') === 'true') return;
    go.setAttribute('aria-busy', 'true');
    problem.textContent = '';
    try {
      await signIn(email.input.value.trim(), password.input.value);
      await signedIn();
    } catch (error) {
      problem.textContent = (error as Error).message;
      password.input.select();
    } finally {
      go.removeAttribute('aria-busy');
    }
  });
  return element('main', { class: 'sign-in' }, form);
}
