// @ts-check
// The only script that people pages need: browsers offer passkeys to scripts alone. A form inside [data-passkey] is sent as any other
// form, after the device's answer has been put into its field `response`. Without this script the form stays hidden.

const fromBase64url = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

const toBase64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const withBytes = (list = []) => list.map((item) => ({ ...item, id: fromBase64url(item.id) }));

async function create(options) {
  const { response, ...credential } = await navigator.credentials
    .create({
      publicKey: {
        ...options,
        challenge: fromBase64url(options.challenge),
        user: { ...options.user, id: fromBase64url(options.user.id) },
        excludeCredentials: withBytes(options.excludeCredentials),
      },
    })
    .then(plain);
  return {
    ...credential,
    response: {
      clientDataJSON: toBase64url(response.clientDataJSON),
      attestationObject: toBase64url(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

async function get(options) {
  const { response, ...credential } = await navigator.credentials
    .get({
      publicKey: {
        ...options,
        challenge: fromBase64url(options.challenge),
        allowCredentials: withBytes(options.allowCredentials),
      },
    })
    .then(plain);
  return {
    ...credential,
    response: {
      clientDataJSON: toBase64url(response.clientDataJSON),
      authenticatorData: toBase64url(response.authenticatorData),
      signature: toBase64url(response.signature),
      userHandle: response.userHandle && toBase64url(response.userHandle),
    },
  };
}

const plain = ({ id, rawId, type, response }) => ({ id, rawId: toBase64url(rawId), type, response });

async function loadOptions(place, form) {
  if (place.dataset.request) return JSON.parse(place.dataset.request);
  const answer = await fetch(place.dataset.options, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': form.elements.csrf.value },
    body: '{}',
  });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return answer.json();
}

for (const place of window.PublicKeyCredential ? document.querySelectorAll('[data-passkey]') : []) {
  const form = place.querySelector('form');
  const trouble = place.querySelector('[data-passkey-trouble]');
  place.hidden = false;
  const ask = async () => {
    trouble.hidden = true;
    try {
      const ceremony = place.dataset.passkey === 'create' ? create : get;
      form.elements.response.value = JSON.stringify(await ceremony(await loadOptions(place, form)));
      // Not requestSubmit: that would come back here.
      form.submit();
    } catch (error) {
      console.error(error);
      trouble.hidden = false;
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void ask();
  });
}
