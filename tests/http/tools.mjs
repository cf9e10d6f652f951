// What the HTTP tests share: the description of the API, requests that fetch()
// refuses to make, and checks that belong to every answer.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import yaml from 'js-yaml';

const schemas = new URL('../../schemas/', import.meta.url);
const base = 'https://terugblik.invalid/schemas/openapi.yaml';
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export const spec = yaml.load(readFileSync(new URL('openapi.yaml', schemas), 'utf8'));

const ajv = new Ajv2020.default({ strict: false, allErrors: false, validateSchema: false });
addFormats.default(ajv);
for (const name of ['instrument', 'report', 'visit', 'observation', 'budget', 'concordance']) ajv.addSchema(JSON.parse(readFileSync(new URL(`${name}.schema.json`, schemas), 'utf8')));
ajv.addSchema(spec, base);

const escape = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** A part of the description by its place, "#/paths/…"; references followed. Gives [part, place]. */
export function part(place) {
  let node = spec;
  for (const step of place.split('/').slice(1)) node = node?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  return node?.$ref?.startsWith('#') ? part(node.$ref) : [node, place];
}

const compiled = new Map();
/** A function that tells whether a value fits the schema at PLACE; its `errors` say why not. */
export function validator(place) {
  if (!compiled.has(place)) compiled.set(place, ajv.compile({ $ref: encodeURI(`${base}${place}`).replaceAll('{', '%7B').replaceAll('}', '%7D') }));
  return compiled.get(place);
}

export function assertFits(value, place, what) {
  const fits = validator(place);
  assert.ok(fits(value), `${what} is not as ${place} says: ${ajv.errorsText(fits.errors)}\n${JSON.stringify(value).slice(0, 1500)}`);
}

/** A named schema of the description. */
export const named = (name) => `#/components/schemas/${name}`;

/** Every operation: {id, method, path, parameters: [{name, in, schema, place}], op, place, body (place of its schema)}. */
export const operations = Object.entries(spec.paths).flatMap(([path, item]) =>
  Object.keys(item).filter((key) => methods.includes(key)).map((method) => {
    const place = `#/paths/${escape(path)}/${method}`;
    const parameters = [
      ...(item.parameters ?? []).map((_, i) => part(`#/paths/${escape(path)}/parameters/${i}`)),
      ...(item[method].parameters ?? []).map((_, i) => part(`${place}/parameters/${i}`)),
    ].map(([parameter, at]) => ({ ...parameter, place: `${at}/schema` }));
    const [request, at] = part(`${place}/requestBody`);
    return {
      id: item[method].operationId, method: method.toUpperCase(), path, place, parameters, op: item[method],
      body: request?.content['application/json'] && `${at}/content/application~1json/schema`,
    };
  }));

/** Holds an answer against what the description says of OPERATION. */
export function assertDescribed(operation, answer) {
  const what = `${operation.id}: ${answer.status}`;
  const key = String(answer.status) in operation.op.responses ? String(answer.status) : 'default';
  if (answer.status < 400) assert.notEqual(key, 'default', `${what} is not described`);
  const [response, place] = part(`${operation.place}/responses/${key}`);
  for (const [name, header] of Object.entries(response.headers ?? {})) {
    assert.ok(answer.headers[name.toLowerCase()] !== undefined, `${what} has no ${name}`);
    const text = String(answer.headers[name.toLowerCase()]);
    assertFits(header.schema.type === 'integer' ? Number(text) : text, `${place}/headers/${name}/schema`, `${what} ${name}`);
  }
  const type = (answer.headers['content-type'] ?? '').split(';')[0];
  if (response.content === undefined) {
    assert.equal(answer.body.length, 0, `${what} has a body`);
    return;
  }
  const described = type in response.content ? type : '*/*';
  assert.ok(described in response.content, `${what} is of the type “${type}”`);
  if (type === 'application/json') assertFits(answer.json(), `${place}/content/application~1json/schema`, what);
  else if (answer.body !== undefined && described !== '*/*') assertFits(answer.body.toString('latin1'), `${place}/content/${escape(described)}/schema`, what);
}

/** A refusal: STATUS, and a body of the one shape. */
export function assertRefused(answer, status, what) {
  const wanted = [status].flat();
  assert.ok(wanted.includes(answer.status), `${what}: ${answer.status} and not ${wanted.join(' or ')}: ${answer.text().slice(0, 300)}`);
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/, `${what}: not JSON`);
  assertFits(answer.json(), named(answer.status === 429 ? 'WaitError' : 'Error'), what);
}

/** One request on a connection of its own. options: body (text, bytes or an object), type, headers, enough(bytes): end it early, ms. */
export function call(server, method, path, options = {}) {
  const body = options.body === undefined || typeof options.body === 'string' || Buffer.isBuffer(options.body)
    ? options.body : JSON.stringify(options.body);
  // Signed in as the server's coach, unless the test says otherwise.
  const headers = { ...(server.cookie ? { Cookie: server.cookie } : {}), ...options.headers };
  if (headers.Cookie === null) delete headers.Cookie;
  if (body !== undefined) {
    headers['Content-Length'] = Buffer.byteLength(body);
    if (options.type !== null) headers['Content-Type'] ??= options.type ?? 'application/json';
  }
  return new Promise((done, fail) => {
    const request = http.request({ host: '127.0.0.1', port: server.port, method, path, headers, agent: false, localAddress: options.from });
    const timer = setTimeout(() => request.destroy(new Error(`no answer to ${method} ${path}`)), options.ms ?? 20000);
    request.on('error', (error) => { clearTimeout(timer); fail(error); });
    request.on('response', (response) => {
      const chunks = [];
      const finish = () => {
        clearTimeout(timer);
        const bytes = Buffer.concat(chunks);
        done({
          status: response.statusCode, headers: response.headers, rawHeaders: response.rawHeaders, body: bytes,
          text: () => bytes.toString('utf8'),
          json: () => JSON.parse(bytes.toString('utf8')),
        });
      };
      response.on('data', (chunk) => {
        chunks.push(chunk);
        if (options.enough?.(Buffer.concat(chunks))) { response.removeAllListeners('error'); finish(); request.destroy(); }
      });
      response.on('end', finish);
      response.on('error', (error) => { clearTimeout(timer); fail(error); });
    });
    request.end(body);
  });
}

/** The first answer in what a raw connection said; null when there is none. */
export function parseAnswer(text) {
  const end = text.indexOf('\r\n\r\n');
  const match = /^HTTP\/1\.[01] (\d{3})/.exec(text);
  if (end < 0 || match === null) return null;
  const lines = text.slice(0, end).split('\r\n').slice(1);
  const rest = text.slice(end + 4);
  return {
    status: Number(match[1]),
    headers: Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)])),
    lines,
    body: Buffer.from(rest, 'latin1'),
    text: () => Buffer.from(rest, 'latin1').toString('utf8'),
    json: () => JSON.parse(Buffer.from(rest, 'latin1').toString('utf8')),
  };
}

/** The head of a request, as bytes; the Host is ours unless HEADERS has one (null: none at all). */
export function head(server, method, path, headers = []) {
  const own = headers.some(([name]) => name.toLowerCase() === 'host') ? [] : [['Host', `127.0.0.1:${server.port}`]];
  const cookie = server.cookie && !headers.some(([name]) => name.toLowerCase() === 'cookie') ? [['Cookie', server.cookie]] : [];
  return `${method} ${path} HTTP/1.1\r\n${[...own, ...cookie, ...headers].filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** A connection that is only held; `closed` tells when the server ended it. */
export function hold(server, bytes, from) {
  const socket = net.connect({ port: server.port, host: '127.0.0.1', localAddress: from });
  const held = { socket, said: '', closed: new Promise((done) => socket.on('close', done)), isClosed: false };
  socket.on('data', (chunk) => { held.said += chunk.toString('latin1'); });
  socket.on('error', () => {});
  socket.on('close', () => { held.isClosed = true; });
  socket.on('connect', () => { if (bytes) socket.write(bytes); });
  return held;
}

/** The body of an answer that came in chunks, as far as it came. */
export function unchunked(text) {
  const pieces = [];
  for (let at = text.indexOf('\r\n\r\n') + 4; at > 3;) {
    const line = text.indexOf('\r\n', at);
    const length = line < 0 ? 0 : parseInt(text.slice(at, line), 16);
    if (!length) break;
    pieces.push(text.slice(line + 2, line + 2 + length));
    at = line + 2 + length + 2;
  }
  return pieces.join('');
}

/** Resident memory of the server in MB. */
export const residentMB = (server) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;

export async function assertAlive(server) {
  const answer = await call(server, 'GET', '/api/about', { ms: 3000 });
  assert.equal(answer.status, 200);
}

/** A UUID that nothing has. */
export const nobody = '01900000-0000-7000-8000-000000000000';
export const testPicture = { uri: 'test:?width=320&height=180&fps=25', kind: 'video', name: 'Beeld' };
export const testSound = { uri: 'test:', kind: 'audio', name: 'Geluid' };
