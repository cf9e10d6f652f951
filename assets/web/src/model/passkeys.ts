// Passkeys: between what the server asks and what the browser's navigator.credentials takes and gives.
import { api } from './api';
import type { Passkey, SessionAnswer } from './types';

/** Why none can be used here; null when they can. They are bound to a name, so an address in numbers has none. */
export function whyNoPasskeys(): 'address' | 'browser' | null {
  const host = location.hostname;
  if (/^[\d.]+$/.test(host) || host.startsWith('[')) return 'address';
  const able = isSecureContext && 'PublicKeyCredential' in globalThis && 'getAuthenticatorData' in (globalThis.AuthenticatorAttestationResponse?.prototype ?? {});
  return able ? null : 'browser';
}

/** What the browser says instead of an answer. */
export function passkeyProblem(error: unknown): 'stopped' | 'already' | 'failed' | null {
  if (!(error instanceof DOMException)) return null;
  if (error.name === 'NotAllowedError' || error.name === 'AbortError') return 'stopped';
  return error.name === 'InvalidStateError' ? 'already' : 'failed';
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
}

function toText(buffer: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function given(credential: Credential | null): PublicKeyCredential {
  if (credential instanceof PublicKeyCredential) return credential;
  throw new DOMException('No credential was given', 'NotAllowedError');
}

export async function signInByPasskey(): Promise<SessionAnswer> {
  const asked = await api.passkeyChallenge({ purpose: 'sign-in' });
  const credential = given(
    await navigator.credentials.get({
      publicKey: { challenge: toBytes(asked.challenge), rpId: asked.rp, timeout: asked.seconds * 1000, userVerification: 'required' },
    }),
  );
  const answer = credential.response as AuthenticatorAssertionResponse;
  return api.signInByPasskey({
    credential: toText(credential.rawId),
    client_data: toText(answer.clientDataJSON),
    authenticator_data: toText(answer.authenticatorData),
    signature: toText(answer.signature),
    user: answer.userHandle?.byteLength ? toText(answer.userHandle) : null,
  });
}

/** Adds one in this device, or in one that the browser offers. */
export async function addPasskey(name: string, passphrase: string): Promise<Passkey> {
  const asked = await api.passkeyChallenge({ purpose: 'register', passphrase });
  const user = asked.user!;
  const credential = given(
    await navigator.credentials.create({
      publicKey: {
        challenge: toBytes(asked.challenge),
        rp: { id: asked.rp, name: 'Terugblik' },
        user: { id: toBytes(user.id), name: user.name, displayName: user.display_name },
        pubKeyCredParams: asked.algorithms.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: (asked.known ?? []).map((id) => ({ type: 'public-key', id: toBytes(id) })),
        // Kept in the device, so that nobody has to type who they are.
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
        timeout: asked.seconds * 1000,
      },
    }),
  );
  const answer = credential.response as AuthenticatorAttestationResponse;
  return api.addPasskey({ name, client_data: toText(answer.clientDataJSON), authenticator_data: toText(answer.getAuthenticatorData()) });
}
