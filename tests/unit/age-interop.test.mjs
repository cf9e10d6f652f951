// Sealed files go both ways between this program and Debian's age, and what
// one refuses the other refuses too. TB_LONG=1 takes 1 GiB for the large file.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from '../lib/terugblik.mjs';

const found = spawnSync('age', ['--version']).status === 0 && spawnSync('age-keygen', ['--version']).status === 0;
const skip = found ? false : 'Debian\'s “age” is not installed (apt-get install age)';
const seal = join(process.env.TB_BUILD_DIR, 'tests/unit/age-seal');
const MiB = 1 << 20;
const large = (process.env.TB_LONG ? 1024 : 64) * MiB;
const sizes = [0, 1, 65535, 65536, 65537, 131072];

const folder = mkdtempSync(join(tmpdir(), 'terugblik-age-'));
const at = (name) => join(folder, name);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Runs WORDS; INPUT and OUTPUT are paths. */
function run(words, { input, output, env, text } = {}) {
  const stdin = input === undefined ? (text === undefined ? 'ignore' : 'pipe') : openSync(input, 'r');
  const stdout = output === undefined ? 'pipe' : openSync(output, 'w');
  const done = spawnSync(words[0], words.slice(1), {
    stdio: [stdin, stdout, 'pipe'], input: text, env: { ...process.env, ...env }, maxBuffer: 16 * MiB, timeout: 500_000,
  });
  for (const fd of [stdin, stdout]) if (typeof fd === 'number') closeSync(fd);
  return { status: done.status, stdout: done.stdout ?? Buffer.alloc(0), stderr: String(done.stderr) };
}

function good(words, options) {
  const done = run(words, options);
  assert.equal(done.status, 0, `${words.join(' ')}: ${done.stderr}`);
  return done;
}

/** SIZE random bytes in a file. */
function plainFile(name, size) {
  const fd = openSync(at(name), 'w');
  for (let left = size; left > 0; left -= MiB) writeSync(fd, randomBytes(Math.min(left, MiB)));
  closeSync(fd);
  return at(name);
}

function same(one, other) {
  assert.equal(statSync(one).size, statSync(other).size);
  good(['cmp', one, other]);
}

/** The program refuses FILE in every way it can be asked, and leaves nothing. */
function refused(file, ...how) {
  const out = at('refused-out');
  for (const output of [[], ['-o', out]]) {
    const done = run([program, 'vault', 'decrypt', ...how, ...output, file]);
    assert.equal(done.status, 1, done.stderr);
    assert.match(done.stderr, /^terugblik: .+\n$/);
    assert.ok(!existsSync(out));
  }
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('.')), []);
}

/** COMMAND on a terminal, TYPED when it asks; what the terminal showed. */
function onTerminal(command, typed) {
  return new Promise((done, fail) => {
    const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let shown = '', asked = false;
    child.stdout.on('data', (text) => {
      shown += text;
      if (!asked && shown.includes(': ')) child.stdin.write(typed);
      asked ||= shown.includes(': ');
    });
    child.on('exit', (status) => { child.stdin.end(); status === 0 ? done(shown) : fail(new Error(`${status}: ${shown}`)); });
  });
}

const key = at('key');
let recipient;
if (!skip) {
  good(['age-keygen', '-o', key]);
  recipient = String(good(['age-keygen', '-y', key]).stdout).trim();
}

for (const size of [...sizes, large]) {
  test(`${size} bytes, both ways`, { skip }, () => {
    const plain = plainFile('plain', size);
    good(['age', '-r', recipient, '-o', at('theirs'), plain]);
    good([program, 'vault', 'decrypt', '--identity', key, '-o', at('opened'), at('theirs')]);
    same(at('opened'), plain);
    good([program, 'vault', 'decrypt', '--identity', key, at('theirs')], { output: at('piped') });
    same(at('piped'), plain);
    good([seal, recipient], { input: plain, output: at('ours') });
    good(['age', '-d', '-i', key, '-o', at('opened'), at('ours')]);
    same(at('opened'), plain);
    assert.equal(statSync(at('ours')).size, statSync(at('theirs')).size);
    good([program, 'vault', 'decrypt', '-i', key], { input: at('ours'), output: at('piped') });
    same(at('piped'), plain);
  });
}

test('several receivers, several keys', { skip }, () => {
  const plain = plainFile('plain', 1000);
  const made = good([program, 'vault', 'keygen', '--json', '-o', at('key2')]);
  const second = JSON.parse(String(made.stdout)).recipient;
  assert.equal(statSync(at('key2')).mode & 0o777, 0o600);
  assert.equal(String(good(['age-keygen', '-y', at('key2')]).stdout).trim(), second);
  assert.equal(run([program, 'vault', 'keygen', '-o', at('key2')]).status, 1, 'a key is never written over');

  good(['age', '-r', recipient, '-r', second, '-o', at('theirs'), plain]);
  good([seal, recipient, second], { input: plain, output: at('ours') });
  for (const file of [at('theirs'), at('ours')])
    for (const one of [key, at('key2')]) {
      assert.deepEqual(good([program, 'vault', 'decrypt', '-i', one, file]).stdout, readFileSync(plain));
      assert.deepEqual(good(['age', '-d', '-i', one, file]).stdout, readFileSync(plain));
    }
  good(['age', '-r', recipient, '-o', at('theirs'), plain]);
  refused(at('theirs'), '--identity', at('key2'));
  good([program, 'vault', 'decrypt', '-i', at('key2'), '-i', key, at('theirs')]);
});

test('a passphrase, both ways', { skip }, async () => {
  const plain = plainFile('plain', 70000);
  // age asks on a terminal only; “script” gives it one. Lines typed ahead wait there.
  const typed = (command) => good(['script', '-qec', command, '/dev/null'], { text: 'een lange zin\neen lange zin\n' });
  typed(`age -p -o ${at('theirs')} ${plain}`);
  const env = { TERUGBLIK_PASSPHRASE: 'een lange zin' };
  assert.deepEqual(good([program, 'vault', 'decrypt', '--passphrase', at('theirs')], { env }).stdout, readFileSync(plain));
  // From standard input, with more behind the line.
  assert.deepEqual(good([program, 'vault', 'decrypt', '--passphrase', at('theirs')], { text: 'een lange zin\nmore' }).stdout,
    readFileSync(plain));
  // On a terminal it is not shown.
  const shown = await onTerminal(`${program} vault decrypt --passphrase -o ${at('opened')} ${at('theirs')}`, 'een lange zin\n');
  same(at('opened'), plain);
  assert.doesNotMatch(shown, /lange/);
  for (const wrong of ['een lange zi', '', 'x'.repeat(5000)]) {
    const done = run([program, 'vault', 'decrypt', '--passphrase', at('theirs')], { env: { TERUGBLIK_PASSPHRASE: wrong } });
    assert.equal(done.status, 1);
    assert.equal(done.stdout.length, 0);
  }
  refused(at('theirs'), '--identity', key);

  good([seal, '--passphrase', 'een lange zin'], { input: plain, output: at('ours') });
  typed(`age -d -o ${at('opened2')} ${at('ours')}`);
  same(at('opened2'), plain);
});

test('the text form', { skip }, () => {
  for (const size of [0, 1, 47, 48, 49, 70000, 400000]) {
    const plain = plainFile('plain', size);
    good(['age', '-a', '-r', recipient, '-o', at('text'), plain]);
    const text = readFileSync(at('text'), 'latin1');
    const open = (bytes) => {
      writeFileSync(at('text'), bytes);
      assert.deepEqual(good([program, 'vault', 'decrypt', '-i', key, at('text')]).stdout, readFileSync(plain));
    };
    open(text);
    open(text.trimEnd());
    open(`\n \t${text}\r\n\n`);
    open(text.replaceAll('\n', '\r\n'));
    const lines = text.split('\n');
    const bad = [
      text.replace('END AGE', 'END age'), text.replace('BEGIN', 'BEGIN '), `x${text}`, `${text}x`, text + text, text.slice(0, -3),
      text.replace('\n', '\n\n'), text.replace('\n', '\nA: b\n\n'), text.replace('\n-', '=\n-'), text.replace('\n-', '\n\n-'),
      text.replace('\n-', ' \n-'), [lines[0], ...lines.slice(2)].join('\n'), [...lines.slice(0, -3), ...lines.slice(-2)].join('\n'),
      [lines[0], lines[1].slice(0, 32), lines[1].slice(32), ...lines.slice(2)].join('\n'),
    ];
    for (const bytes of bad) {
      writeFileSync(at('bad'), bytes);
      refused(at('bad'), '-i', key);
    }
  }
});

test('what is damaged both refuse', { skip }, () => {
  const plain = plainFile('plain', 3 * 65536);
  good(['age', '-r', recipient, '-o', at('one'), plain]);
  good(['age', '-r', recipient, '-o', at('two'), plain]);
  const one = readFileSync(at('one')), two = readFileSync(at('two'));
  const chunk = 65552, start = one.length - 3 * chunk;
  const part = (file, i) => file.subarray(start + i * chunk, start + (i + 1) * chunk);
  const flip = (i) => { const copy = Buffer.from(one); copy[i] ^= 1; return copy; };
  const cases = {
    'nothing at all': Buffer.alloc(0),
    'no sealed file': Buffer.from('age-encryption.org\n'),
    'the header only': one.subarray(0, start - 16),
    'no chunk': one.subarray(0, start),
    'one byte short': one.subarray(0, -1),
    'a byte too many': Buffer.concat([one, Buffer.alloc(1)]),
    'without the last chunk': one.subarray(0, -chunk),
    'in the middle of a chunk': one.subarray(0, start + chunk + 100),
    'one bit of the first line': flip(3),
    'one bit of a key': flip(40),
    'one bit of the MAC': flip(start - 30),
    'one bit of the nonce': flip(start - 1),
    'one bit of the first chunk': flip(start),
    'one bit of the last tag': flip(one.length - 1),
    'two chunks in each other\'s place': Buffer.concat([one.subarray(0, start), part(one, 1), part(one, 0), part(one, 2)]),
    'a chunk twice': Buffer.concat([one.subarray(0, start), part(one, 0), part(one, 0), part(one, 2)]),
    'a chunk left out': Buffer.concat([one.subarray(0, start), part(one, 0), part(one, 2)]),
    'a chunk of another file': Buffer.concat([one.subarray(0, start), part(one, 0), part(two, 1), part(one, 2)]),
    'the header of one and the rest of another': Buffer.concat([one.subarray(0, start - 16), two.subarray(start - 16)]),
    'two files in a row': Buffer.concat([one, two]),
  };
  for (const [name, bytes] of Object.entries(cases)) {
    writeFileSync(at('bad'), bytes);
    assert.notEqual(run(['age', '-d', '-i', key, '-o', at('theirs-out'), at('bad')]).status, 0, `age takes ${name}`);
    refused(at('bad'), '--identity', key);
    // What came out before the damage is right as far as it goes.
    const out = run([program, 'vault', 'decrypt', '--identity', key, at('bad')]).stdout;
    assert.deepEqual(out, readFileSync(plain).subarray(0, out.length), name);
  }
});

test('wrong use', () => {
  const usage = (...words) => assert.equal(run([program, 'vault', ...words]).status, 2, words.join(' '));
  usage();
  usage('open');
  usage('decrypt', 'x');
  usage('decrypt', '-i', 'k', '--passphrase', 'x');
  usage('decrypt', '-i', 'k', '--json', 'x');
  usage('decrypt', '-i', 'k', 'x', 'y');
  usage('keygen', 'x');
  writeFileSync(at('nokey'), 'hello\n');
  for (const words of [['-i', at('none'), at('nokey')], ['-i', at('nokey'), at('nokey')]]) {
    const done = run([program, 'vault', 'decrypt', ...words]);
    assert.equal(done.status, 1);
    assert.doesNotMatch(done.stderr, /hello/, 'a secret is not repeated');
  }
});
