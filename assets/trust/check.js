// Finds out whether this browser can open Terugblik, and if not, what is in the
// way. What it says stands in the page: here it is only shown or hidden.
'use strict';

const main = document.querySelector('main');
const list = (name) => main.dataset[name].split(' ').filter(Boolean);
const outcomes = [...document.querySelectorAll('[data-outcome]')];
const again = document.querySelector('#again');
const open = document.querySelector('#open');
const patience = 6000;

/** 'yes', 'no' (refused at once), or 'silent' (nothing came). An answer of another origin cannot be read: that it came is enough. */
async function asks(address) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), patience);
  try {
    await fetch(address, { mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal: controller.signal });
    return 'yes';
  } catch {
    return controller.signal.aborted ? 'silent' : 'no';
  } finally {
    clearTimeout(timer);
  }
}

const hostOf = (address) => new URL(address).hostname;
const isName = (host) => !/^[\d.]+$|^\[/.test(host);

/** Gives [outcome, the address to open]. */
async function find() {
  if (await asks('/probe') !== 'yes') return ['gone'];
  const secure = list('secure');
  const heard = await Promise.all(secure.map((address) => asks(`${address}/api/ping`)));
  const works = secure.filter((_, i) => heard[i] === 'yes');
  if (works.length === 0) return [heard.every((one) => one === 'silent') ? 'blocked' : 'untrusted'];
  // A name stays when the network lends another address: it is preferred where it works.
  const name = works.find((address) => isName(hostOf(address)));
  if (name !== undefined) return ['trusted', name];
  const names = list('plain').filter((address) => isName(hostOf(address)));
  const found = await Promise.all(names.map((address) => asks(`${address}/probe`)));
  return [names.length > 0 && !found.includes('yes') ? 'nameless' : 'trusted', works[0]];
}

function show(outcome, address) {
  for (const one of outcomes) one.hidden = !one.dataset.outcome.split(' ').includes(outcome);
  if (address !== undefined) open.href = address;
  open.hidden = address === undefined;
  again.disabled = outcome === 'busy';
  main.dataset.state = outcome;
}

let running = false;
async function check() {
  if (running) return;
  running = true;
  show('busy');
  try {
    show(...await find());
  } finally {
    running = false;
  }
}

/** Opens the steps of the device that this is. */
function unfold() {
  const agent = navigator.userAgent;
  const touchMac = /Macintosh/.test(agent) && navigator.maxTouchPoints > 1;
  const device = /iPhone|iPad/.test(agent) || touchMac ? 'apple'
    : /Firefox/.test(agent) && !/Android/.test(agent) ? 'firefox'
    : /CrOS/.test(agent) ? 'chromeos'
    : /Android/.test(agent) ? 'android'
    : /Windows/.test(agent) ? 'windows'
    : /Macintosh/.test(agent) ? 'mac'
    : null;
  const steps = device && document.querySelector(`#${device}`);
  if (steps) {
    steps.open = true;
    steps.parentElement.prepend(steps);
  }
}

unfold();
again.addEventListener('click', check);
// Back from the settings: that is when it may work.
document.addEventListener('visibilitychange', () => { if (!document.hidden && main.dataset.state !== 'trusted') check(); });
check();
