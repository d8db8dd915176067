import * as api from './api.js';
import { part } from './dom.js';
import { recall, remember } from './memory.js';
import { show, text } from './render.js';
/** @import { Answer } from './types.d.ts' */

const LOGGED_IN = 'ebb-logged-in';

/** The form that is shown where the controller wants a password first. */
export class LoginForm {
  /** @param {(password: string) => Promise<Answer<unknown>>} login */
  constructor(login) {
    part('login').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit(login);
    });
    part('logout').addEventListener('click', () => {
      remember(LOGGED_IN, null);
      void api.logout().then(() => {
        location.reload();
      });
    });
    show(part('logout'), recall(LOGGED_IN) !== null);
  }

  get isOpen() {
    return !part('login').hidden;
  }

  open() {
    if (this.isOpen) return;
    remember(LOGGED_IN, null);
    show(part('logout'), false);
    show(part('login'), true);
    part('password').focus();
  }

  close() {
    show(part('login'), false);
  }

  /** @param {(password: string) => Promise<Answer<unknown>>} login */
  async #submit(login) {
    const field = /** @type {HTMLInputElement} */ (part('password'));
    text(part('login-error'), '');
    const answer = await login(field.value);
    if (answer.ok) {
      field.value = '';
      remember(LOGGED_IN, 'yes');
      show(part('logout'), true);
      return;
    }
    text(part('login-error'), answer.message);
    field.focus();
  }
}
