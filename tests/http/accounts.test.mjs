// The door: set-up, signing in and out, invitations, roles, another passphrase, the recovery key.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client, PASSPHRASE, Server, sleep, until, uuid } from '../lib/terugblik.mjs';

const OTHER = 'heel iets anders dan dat';
const signIn = (client, login, passphrase = PASSPHRASE) => client.ask('POST', '/api/session', { login, passphrase });
const codeOf = (answer) => answer.body.error?.code;

function assertRefused(answer, status, code) {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.equal(codeOf(answer), code);
  assert.equal(answer.headers.get('set-cookie'), null);
}

describe('set-up', () => {
  let server;
  before(async () => { server = await Server.start({ fresh: true }); });
  after(async () => { await server?.stop(); });
  const fields = { name: 'Anna de Wit', login: 'Anna', passphrase: PASSPHRASE };

  test('before it, only the door is open', async () => {
    assert.deepEqual(await server.good('GET', '/api/session'),
      { setup_needed: true, person: null, vault: { state: 'none' }, secure: true, language: null });
    for (const path of ['/api/people', '/api/visits', '/api/vault', '/api/settings', '/api/events'])
      assertRefused(await server.ask('GET', path), 401, 'signed-out');
    assertRefused(await signIn(server, 'anna'), 401, 'wrong');
    assertRefused(await server.ask('POST', '/api/recover', { login: 'anna', recovery: 'x', passphrase: OTHER }), 401, 'wrong');
  });

  test('what is not good enough makes nothing', async () => {
    for (const wrong of [
      { ...fields, passphrase: 'te kort' }, { ...fields, passphrase: 'aaaaaaaaaaaaaaaa' }, { ...fields, passphrase: 'annadewit123' },
      { ...fields, name: ' ' }, { ...fields, login: 'a b' }, { ...fields, roles: ['head'] }, { name: 'Anna', login: 'anna' },
    ]) assertRefused(await server.ask('POST', '/api/setup', wrong), 400, 'invalid');
    const now = await server.good('GET', '/api/session');
    assert.equal(now.setup_needed, true);
    assert.equal(now.vault.state, 'none');
  });

  test('makes the first coach, once, also when two come at the same time', async () => {
    const answers = await Promise.all([0, 1, 2].map((i) =>
      new Client(server).ask('POST', '/api/setup', { ...fields, name: `Anna ${i}`, login: `anna${i}` })));
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409]);
    const made = answers.find((answer) => answer.status === 201);
    assert.deepEqual(made.body.person.roles, ['coach', 'admin']);
    assert.equal(made.body.recovery.words.length, 24);
    assert.match(made.body.recovery.key, /^AGE-SECRET-KEY-1/);
    assert.match(made.body.recovery.qr.path, /^M0 0h7v1/);
    assert.match(made.headers.get('set-cookie'), /^terugblik=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=7776000$/);
    assert.equal(made.headers.get('cache-control'), 'no-store');
    server.cookie = made.headers.get('set-cookie').split(';')[0];
    const now = await server.good('GET', '/api/session');
    assert.equal(now.setup_needed, false);
    assert.equal(now.person.id, made.body.person.id);
    assert.equal(now.vault.state, 'open');
    assertRefused(await new Client(server).ask('POST', '/api/setup', { ...fields, name: 'Bram', login: 'bram' }), 409, 'conflict');
    assert.equal((await server.good('GET', '/api/people')).people.length, 1);
  });

  test('neither passphrase nor recovery key nor token lies anywhere', async () => {
    const secrets = [PASSPHRASE, server.cookie.split('=')[1], 'AGE-SECRET-KEY-1'];
    for (const name of readdirSync(server.data, { withFileTypes: true }).filter((entry) => entry.isFile())) {
      const bytes = readFileSync(join(server.data, name.name));
      for (const secret of secrets) assert.equal(bytes.includes(secret), false, name.name);
    }
    for (const secret of secrets) assert.equal(server.errors.includes(secret), false);
  });
});

describe('from another computer', () => {
  const outside = Object.values(networkInterfaces()).flat().find((one) => one.family === 'IPv4' && !one.internal)?.address;
  const skip = outside === undefined && 'this machine has no other address';
  before(() => { process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; });
  after(() => { delete process.env.NODE_TLS_REJECT_UNAUTHORIZED; });

  test('no set-up', { skip }, async () => {
    const server = await Server.start({ fresh: true, listen: `${outside}:0` });
    try {
      const client = new Client(server);
      const answer = await client.ask('POST', '/api/setup', { name: 'Anna', login: 'anna', passphrase: PASSPHRASE });
      assertRefused(answer, 403, 'denied');
      assert.equal((await client.good('GET', '/api/session')).setup_needed, true);
    } finally {
      await server.stop();
    }
  });

  test('through TLS the cookie is bound to it', { skip }, async () => {
    const data = mkdtempSync(join(tmpdir(), 'terugblik-'));
    await (await Server.start({ data })).stop();
    const server = await Server.start({ data, listen: `${outside}:0`, signIn: false });
    try {
      const client = new Client(server);
      const answer = await signIn(client, 'coach');
      assert.match(answer.headers.get('set-cookie'), /^__Host-terugblik=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=7776000; Secure$/);
      assert.equal(answer.body.secure, true);
      const plain = new Client(server, client.cookie.replace('__Host-', ''));
      assertRefused(await plain.ask('GET', '/api/sessions'), 401, 'signed-out');
      assert.match((await client.good('POST', '/api/sessions/pair')).link, new RegExp(`^https://${outside}:`));
      const out = await client.ask('DELETE', '/api/session');
      assert.equal(out.headers.get('set-cookie'), '__Host-terugblik=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0; Secure');
    } finally {
      await server.stop();
      rmSync(data, { recursive: true, force: true });
    }
  });
});

describe('signing in', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(async () => { await server?.stop(); });

  test('the cookie, byte for byte', async () => {
    const client = new Client(server);
    const answer = await signIn(client, 'Coach');
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('set-cookie'), /^terugblik=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=7776000$/);
    assert.equal(answer.body.person.login, 'coach');
    const out = await client.ask('DELETE', '/api/session');
    assert.equal(out.status, 204);
    assert.equal(out.headers.get('set-cookie'), 'terugblik=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0');
  });

  test('each sign-in has a token of its own, and the one before ends', async () => {
    const client = new Client(server);
    await client.signIn('coach');
    const first = client.cookie;
    await client.signIn('coach');
    assert.notEqual(client.cookie, first);
    assertRefused(await new Client(server, first).ask('GET', '/api/sessions'), 401, 'signed-out');
    // A token that the browser brought along is not taken over.
    const planted = new Client(server, `terugblik=${'A'.repeat(43)}`);
    await planted.signIn('coach');
    assert.notEqual(planted.cookie, `terugblik=${'A'.repeat(43)}`);
  });

  test('an unknown login is answered like a wrong passphrase', async () => {
    const wrong = await signIn(new Client(server), 'coach', OTHER);
    const unknown = await signIn(new Client(server), 'niemand', OTHER);
    assertRefused(wrong, 401, 'wrong');
    assert.deepEqual(unknown.body, wrong.body);
    const names = (answer) => [...answer.headers.keys()].sort();
    assert.deepEqual(names(unknown), names(wrong));
    await server.signIn('coach');
  });

  test('waits grow, survive a restart, and hold up nobody else', async () => {
    await server.invite({ name: 'Bram', roles: ['teacher'] });
    for (let i = 0; i < 5; i++) assertRefused(await signIn(new Client(server), 'bram', `${OTHER} ${i}`), 401, 'wrong');
    const wait = await signIn(new Client(server), 'bram');
    assertRefused(wait, 429, 'wait');
    assert.ok(wait.body.wait >= 4 && wait.body.wait <= 5, JSON.stringify(wait.body));
    assert.equal(wait.headers.get('retry-after'), String(wait.body.wait));
    await server.kill();
    await server.run();
    assertRefused(await signIn(new Client(server), 'BRAM'), 429, 'wait');
    assert.equal((await signIn(new Client(server), 'coach')).status, 200, 'another login');
    await sleep(5100);
    assertRefused(await signIn(new Client(server), 'bram', OTHER), 401, 'wrong');
    const longer = await signIn(new Client(server), 'bram');
    assert.ok(longer.body.wait > 13 && longer.body.wait <= 15, JSON.stringify(longer.body));
  });

  test('many tries at once are as many tries', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => signIn(new Client(server), 'carla', `${OTHER} ${i}`)));
    assert.equal(answers.filter((answer) => answer.status === 401).length, 5);
    assert.equal(answers.filter((answer) => answer.status === 429).length, 7);
  });

  test('out everywhere: every sign-in, and the open pages', async () => {
    const [one, two] = [new Client(server), new Client(server)];
    await one.signIn('coach');
    await two.signIn('coach');
    const { sessions } = await one.good('GET', '/api/sessions');
    assert.equal(sessions.filter((session) => session.current).length, 1);
    assert.ok(sessions.length >= 2);
    const heard = [];
    two.follow('/api/events', (event, data) => heard.push([event, data]));
    await until(() => heard.some(([event]) => event === 'hello'));
    const answer = await one.ask('DELETE', '/api/sessions');
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get('set-cookie'), 'terugblik=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0');
    await until(() => heard.some(([event]) => event === 'session'), 2000, 'the page hears of it');
    assert.deepEqual(heard.find(([event]) => event === 'session')[1], { signed_out: true });
    assertRefused(await two.ask('GET', '/api/people'), 401, 'signed-out');
    await server.signIn('coach');
  });

  test('out on one device: that one, and no other page', async () => {
    const [one, two] = [new Client(server), new Client(server)];
    await one.signIn('coach');
    await two.signIn('coach');
    const { id } = (await two.good('GET', '/api/sessions')).sessions.find((session) => session.current);
    const ones = [], twos = [];
    const stop = one.follow('/api/events', (event) => ones.push(event));
    two.follow('/api/events', (event) => twos.push(event));
    await until(() => ones.includes('hello') && twos.includes('hello'));
    await one.good('DELETE', `/api/sessions/${id}`);
    await until(() => twos.includes('session'), 2000);
    assertRefused(await two.ask('GET', '/api/people'), 401, 'signed-out');
    assert.equal((await one.ask('GET', '/api/people')).status, 200);
    assert.equal(ones.includes('session'), false);
    assertRefused(await one.ask('DELETE', `/api/sessions/${id}`), 404, 'not-found');
    stop();
  });

  test('nobody ends the sign-in of another', async () => {
    const dirk = await server.invite({ name: 'Dirk', roles: ['teacher'] });
    const { sessions } = await dirk.good('GET', '/api/sessions');
    assertRefused(await server.ask('DELETE', `/api/sessions/${sessions[0].id}`), 404, 'not-found');
    assert.equal((await dirk.ask('GET', '/api/sessions')).status, 200);
  });
});

describe('invitations', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(async () => { await server?.stop(); });
  const look = (code) => new Client(server).ask('POST', '/api/invitations/look', { code });
  const accept = (code, passphrase) =>
    new Client(server).ask('POST', '/api/invitations/accept', passphrase === undefined ? { code } : { code, passphrase });

  test('works once', async () => {
    const { person, invitation } = await server.good('POST', '/api/people', { name: 'Juf Sanne', login: 'sanne', roles: ['teacher'] });
    assert.equal(person.state, 'invited');
    assert.equal(invitation.link, `${server.address}/#/welkom/${invitation.code}`);
    assert.ok(Math.abs(Date.parse(invitation.until) - Date.now() - 7 * 86400e3) < 60e3);
    assertRefused(await signIn(new Client(server), 'sanne'), 401, 'wrong');
    assert.deepEqual((await look(invitation.code)).body, { kind: 'person', name: 'Juf Sanne', until: invitation.until });
    assertRefused(await accept(invitation.code), 400, 'invalid');
    assertRefused(await accept(invitation.code, 'te kort'), 400, 'invalid');
    const answer = await accept(invitation.code, PASSPHRASE);
    assert.equal(answer.status, 200);
    assert.equal(answer.body.person.id, person.id);
    assert.match(answer.headers.get('set-cookie'), /^terugblik=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=7776000$/);
    assertRefused(await accept(invitation.code, OTHER), 404, 'not-found');
    assertRefused(await look(invitation.code), 404, 'not-found');
    assert.equal((await signIn(new Client(server), 'sanne')).status, 200);
  });

  test('wrong ones and older ones do not', async () => {
    const { person, invitation } = await server.good('POST', '/api/people', { name: 'Eva', login: 'eva', roles: ['trainee'] });
    for (const code of ['', 'x', invitation.code.slice(0, -1), `${invitation.code}x`, 'A'.repeat(43)]) {
      assertRefused(await look(code), 404, 'not-found');
      assertRefused(await accept(code, PASSPHRASE), 404, 'not-found');
    }
    const newer = await server.good('POST', `/api/people/${person.id}/invitation`);
    assertRefused(await accept(invitation.code, PASSPHRASE), 404, 'not-found');
    // Two at once: one gets it.
    const answers = await Promise.all([accept(newer.code, PASSPHRASE), accept(newer.code, OTHER)]);
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 404]);
  });

  test('an administrator gives an active person a new passphrase; the old sign-ins end', async () => {
    const frits = await server.invite({ name: 'Frits', roles: ['coach'] });
    await until(async () => (await server.good('GET', '/api/vault')).slots.some((slot) => slot.name === 'Frits'), 2000, 'a coach gets a slot');
    const { code } = await server.good('POST', `/api/people/${frits.person.id}/invitation`);
    await server.lock();
    assert.equal((await accept(code, OTHER)).status, 200);
    assertRefused(await frits.ask('GET', '/api/sessions'), 401, 'signed-out');
    // The vault was locked, so nothing could be sealed to the new passphrase; and the old one is not left lying there.
    assert.equal((await server.good('GET', '/api/vault')).slots.some((slot) => slot.name === 'Frits'), false);
    const again = new Client(server);
    assert.equal((await signIn(again, 'frits', OTHER)).body.vault.state, 'locked');
    assertRefused(await again.ask('POST', '/api/vault/unlock', { passphrase: OTHER }), 423, 'locked');
    await server.unlock();
    assert.equal((await again.ask('POST', '/api/vault/unlock', { passphrase: OTHER })).status, 200);
    await server.lock();
    assert.equal((await again.good('POST', '/api/vault/unlock', { passphrase: OTHER })).state, 'open');
  });

  test('another device of the same person, once', async () => {
    const pair = await server.good('POST', '/api/sessions/pair');
    assert.equal(pair.link, `${server.address}/#/koppel/${pair.code}`);
    assert.ok(Math.abs(Date.parse(pair.until) - Date.now() - 5 * 60e3) < 10e3);
    assert.equal((await look(pair.code)).body.kind, 'device');
    assertRefused(await accept(pair.code, PASSPHRASE), 400, 'invalid');
    const answer = await accept(pair.code);
    assert.equal(answer.body.person.id, server.person.id);
    assertRefused(await accept(pair.code), 404, 'not-found');
    assert.equal((await server.ask('GET', '/api/sessions')).status, 200, 'here it goes on');
    // For steering a talk it opens the remote of that; nothing else can be asked for.
    const visit = uuid();
    const remote = await server.good('POST', '/api/sessions/pair', { visit });
    assert.equal(remote.link, `${server.address}/bezoeken/${visit}/sturen#/koppel/${remote.code}`);
    assertRefused(await server.ask('POST', '/api/sessions/pair', { visit: '../mensen' }), 400, 'invalid');
  });
});

describe('people', () => {
  let server, coach, admin;
  before(async () => {
    server = await Server.start();
    coach = await server.invite({ name: 'Coach Twee', roles: ['coach'] });
    admin = await server.invite({ name: 'Beheer', roles: ['admin'] });
  });
  after(async () => { await server?.stop(); });
  const add = (client, name, roles) => client.ask('POST', '/api/people', { name, login: name.toLowerCase(), roles });

  test('a coach invites teachers and trainees, and nobody else', async () => {
    assert.equal((await add(coach, 'Leraar', ['teacher'])).status, 201);
    assert.equal((await add(coach, 'Stagiair', ['trainee'])).status, 201);
    for (const role of ['coach', 'privacy', 'head', 'admin']) {
      assertRefused(await add(coach, `Een ${role}`, [role]), 403, 'denied');
      assertRefused(await add(coach, `Twee ${role}`, ['teacher', role]), 403, 'denied');
    }
    for (const role of ['coach', 'privacy', 'head', 'admin', 'teacher', 'trainee'])
      assert.equal((await add(admin, `Door-beheer-${role}`, [role])).status, 201);
    assertRefused(await add(admin, 'Leeg', []), 400, 'invalid');
    assertRefused(await add(admin, 'Onzin', ['baas']), 400, 'invalid');
    assertRefused(await add(admin, 'Leraar', ['teacher']), 409, 'conflict');
  });

  test('a coach gives a new link to who never had a passphrase only', async () => {
    const { people } = await admin.good('GET', '/api/people');
    const id = (name) => people.find((person) => person.name === name).id;
    assert.equal((await coach.ask('POST', `/api/people/${id('Leraar')}/invitation`)).status, 201);
    assertRefused(await coach.ask('POST', `/api/people/${id('Beheer')}/invitation`), 403, 'denied');
    assertRefused(await coach.ask('POST', `/api/people/${id('Door-beheer-admin')}/invitation`), 403, 'denied');
    const active = await server.invite({ name: 'Actief', roles: ['teacher'] });
    assertRefused(await coach.ask('POST', `/api/people/${active.person.id}/invitation`), 403, 'denied');
    assertRefused(await coach.ask('PATCH', `/api/people/${active.person.id}`, { name: 'Anders' }), 403, 'denied');
    assertRefused(await active.ask('GET', '/api/people'), 403, 'denied');
    assertRefused(await active.ask('POST', '/api/people', { name: 'X', login: 'xx', roles: ['teacher'] }), 403, 'denied');
  });

  test('logins, and who is disabled, are for the administrator', async () => {
    const gone = await server.invite({ name: 'Vertrokken', roles: ['teacher'] });
    await admin.good('PATCH', `/api/people/${gone.person.id}`, { disabled: true });
    const seen = (await coach.good('GET', '/api/people')).people;
    assert.ok(seen.length > 3);
    assert.ok(seen.every((person) => !('login' in person) && person.state !== 'disabled'));
    const all = (await admin.good('GET', '/api/people')).people;
    assert.equal(all.find((person) => person.name === 'Vertrokken').state, 'disabled');
    assert.ok(all.every((person) => typeof person.login === 'string'));
  });

  test('the last administrator stays', async () => {
    await admin.good('PATCH', `/api/people/${server.person.id}`, { roles: ['coach'] });
    assertRefused(await admin.ask('PATCH', `/api/people/${admin.person.id}`, { roles: ['head'] }), 409, 'conflict');
    assertRefused(await admin.ask('PATCH', `/api/people/${admin.person.id}`, { disabled: true }), 409, 'conflict');
    assert.equal((await admin.ask('GET', '/api/people')).status, 200);
    await admin.good('PATCH', `/api/people/${server.person.id}`, { roles: ['coach', 'admin'] });
  });

  test('who is disabled is out at once, everywhere, and no longer opens the vault', async () => {
    const client = await server.invite({ name: 'Gaat weg', roles: ['coach'] });
    const slot = async () => (await server.good('GET', '/api/vault')).slots.some((one) => one.person === client.person.id);
    assert.equal(await slot(), true);
    const heard = [];
    client.follow('/api/events', (event) => heard.push(event));
    await until(() => heard.includes('hello'));
    await admin.good('PATCH', `/api/people/${client.person.id}`, { disabled: true });
    assertRefused(await client.ask('GET', '/api/sessions'), 401, 'signed-out');
    await until(() => heard.includes('session'), 2000);
    assert.equal(await slot(), false);
    const back = new Client(server);
    assertRefused(await signIn(back, client.person.login ?? 'gaat.weg'), 401, 'wrong');
    await admin.good('PATCH', `/api/people/${client.person.id}`, { disabled: false });
    assertRefused(await client.ask('GET', '/api/sessions'), 401, 'signed-out');
    assert.equal((await signIn(back, 'gaat.weg')).status, 200);
  });

  test('who is no longer a coach is out, and no longer opens the vault', async () => {
    const client = await server.invite({ name: 'Wordt leraar', roles: ['coach'] });
    await admin.good('PATCH', `/api/people/${client.person.id}`, { roles: ['teacher'] });
    assertRefused(await client.ask('GET', '/api/sessions'), 401, 'signed-out');
    assert.equal((await server.good('GET', '/api/vault')).slots.some((one) => one.person === client.person.id), false);
    await client.signIn('wordt.leraar');
    assertRefused(await client.ask('POST', '/api/visits', { title: 'Les' }), 403, 'denied');
    assertRefused(await client.ask('POST', '/api/vault/unlock', { passphrase: PASSPHRASE }), 403, 'denied');
  });
});

describe('another passphrase', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(async () => { await server?.stop(); });

  test('by the old one; other sign-ins end; it opens the vault', async () => {
    const elsewhere = new Client(server);
    await elsewhere.signIn('coach');
    assertRefused(await server.ask('POST', '/api/passphrase', { old: OTHER, new: 'weer iets heel anders' }), 401, 'wrong');
    assertRefused(await server.ask('POST', '/api/passphrase', { old: PASSPHRASE, new: 'te kort' }), 400, 'invalid');
    assert.equal((await elsewhere.ask('GET', '/api/sessions')).status, 200);
    await server.lock();
    assert.equal((await server.ask('POST', '/api/passphrase', { old: PASSPHRASE, new: OTHER })).status, 204);
    assertRefused(await elsewhere.ask('GET', '/api/sessions'), 401, 'signed-out');
    assert.equal((await server.ask('GET', '/api/sessions')).status, 200, 'here it goes on');
    await server.lock();
    assertRefused(await signIn(new Client(server), 'coach'), 401, 'wrong');
    assertRefused(await server.ask('POST', '/api/vault/unlock', { passphrase: PASSPHRASE }), 401, 'wrong');
    assert.equal((await server.good('GET', '/api/vault')).state, 'locked');
    assert.equal((await signIn(new Client(server), 'coach', OTHER)).body.vault.state, 'open');
  });

  test('guessing the old one is slowed down too', async () => {
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await server.ask('POST', '/api/passphrase', { old: `${OTHER} ${i}`, new: PASSPHRASE })).status);
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
  });
});

describe('the recovery key', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(async () => { await server?.stop(); });
  const recover = (login, recovery, passphrase) => new Client(server).ask('POST', '/api/recover', { login, recovery, passphrase });

  for (const [what, text, passphrase] of [
    ['its text', () => server.recovery.key, 'derde zin van vandaag'],
    ['its words, as people type them', () => server.recovery.words.map((word, i) => `${i + 1}. ${word.toUpperCase()}`).join('\n'), 'vierde zin van vandaag'],
  ]) {
    test(`by ${what}`, async () => {
      await server.lock();
      const answer = await recover('coach', text(), passphrase);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(answer.body.vault.state, 'open');
      assertRefused(await server.ask('GET', '/api/sessions'), 401, 'signed-out');
      assertRefused(await signIn(new Client(server), 'coach'), 401, 'wrong');
      await server.signIn('coach', passphrase);
      await server.lock();
      assert.equal((await server.good('POST', '/api/vault/unlock', { passphrase })).state, 'open');
    });
  }

  test('a new one takes the place of the old', async () => {
    const passphrase = 'vierde zin van vandaag';
    const old = server.recovery.key;
    assertRefused(await server.ask('POST', '/api/vault/recovery', { passphrase: 'niet deze zin' }), 401, 'wrong');
    await server.lock();
    server.recovery = (await server.good('POST', '/api/vault/recovery', { passphrase })).recovery;
    assert.equal(server.recovery.words.length, 24);
    assert.notEqual(server.recovery.key, old);
    await server.lock();
    assertRefused(await recover('coach', old, 'vijfde zin van vandaag'), 401, 'wrong');
    assert.equal((await recover('coach', server.recovery.words.join(' '), 'vijfde zin van vandaag')).status, 200);
    await server.signIn('coach', 'vijfde zin van vandaag');
    const officer = await server.invite({ name: 'Functionaris', roles: ['privacy'] });
    await server.good('POST', `/api/people/${officer.person.id}/invitation`);
    await server.good('PATCH', `/api/people/${officer.person.id}`, { roles: ['privacy', 'head'] });
    const { rows } = await officer.good('GET', '/api/log');
    assert.deepEqual(rows.slice(0, 2).map((row) => [row.what, row.person.name, row.detail]),
      [['roles', 'Test', 'Functionaris: privacy, head'], ['new-passphrase', 'Test', 'Functionaris']]);
    assert.ok(rows.some((row) => row.what === 'recovery-key' && row.person.name === 'Test'));
  });

  test('what does not fit is one answer, and opens nothing', async () => {
    await server.invite({ name: 'Leraar', roles: ['teacher'] });
    await server.lock();
    const swapped = [...server.recovery.words];
    [swapped[3], swapped[4]] = [swapped[4], swapped[3]];
    const answers = [
      await recover('coach', swapped.join(' '), OTHER),
      await recover('coach', 'onzin', OTHER),
      await recover('leraar', server.recovery.key, OTHER),
      await recover('niemand', server.recovery.key, OTHER),
    ];
    for (const answer of answers) {
      assertRefused(answer, 401, 'wrong');
      assert.deepEqual(answer.body, answers[0].body);
    }
    assert.equal((await server.good('GET', '/api/vault')).state, 'locked');
  });

  test('trying is slowed down', async () => {
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await recover('niemand2', 'onzin', OTHER)).status);
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
  });
});

test('a vault that was made before the first start takes its passphrase', async () => {
  const data = mkdtempSync(join(tmpdir(), 'terugblik-'));
  let server = await Server.start({ data });
  const kept = server.recovery.key;
  await server.stop();
  // The accounts are lost, the keys are not.
  for (const name of readdirSync(data).filter((one) => one.startsWith('terugblik.db'))) rmSync(join(data, name));
  server = await Server.start({ data, fresh: true });
  try {
    const fields = { name: 'Anna', login: 'anna', passphrase: OTHER };
    assertRefused(await server.ask('POST', '/api/setup', fields), 403, 'denied');
    const made = await server.ask('POST', '/api/setup', { ...fields, vault_passphrase: PASSPHRASE });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.equal(made.body.recovery.words.length, 24, 'a slot of nobody is of a set-up that was broken off');
    assert.notEqual(made.body.recovery.key, kept);
    await server.lock();
    assert.equal((await server.good('POST', '/api/vault/unlock', { passphrase: OTHER })).state, 'open');
    assert.deepEqual((await server.good('GET', '/api/vault')).slots.map((slot) => slot.name), ['Anna']);
  } finally {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
});
