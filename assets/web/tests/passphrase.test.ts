import assert from 'node:assert/strict';
import test from 'node:test';
import { loginOf, strength } from '../src/model/passphrase';

test('what is short, weak, fair and good', () => {
  assert.equal(strength(''), 'short');
  assert.equal(strength('elf letters'), 'short');
  assert.equal(strength('aaaaaaaaaaaaaa'), 'weak');
  assert.equal(strength('wachtwoord2026!'), 'weak');
  assert.equal(strength('Welkom123456'), 'weak');
  assert.equal(strength('groene fiets brug'), 'fair');
  assert.equal(strength('mailen boord uitje kapel'), 'good');
  // the same word four times is not four words
  assert.notEqual(strength('fiets fiets fiets fiets'), 'good');
});

test('a login of a name', () => {
  assert.equal(loginOf('Marieke de Wit'), 'marieke');
  assert.equal(loginOf('  Zoë van der Berg'), 'zoe');
  assert.equal(loginOf('Çelik'), 'celik');
  assert.equal(loginOf(''), '');
});
