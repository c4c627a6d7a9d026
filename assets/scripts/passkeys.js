// Passkeys: asks the server what to sign, lets the device sign it, and hands it back.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const call = async (path, body) => {
  const answer = await fetch(`/api/v1/passkeys/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.detail), { code: said.code });
  return said;
};

const known = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

const register = async (form) => {
  const { publicKey } = await call("register/start", { name: new FormData(form).get("name") });
  const made = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
    },
  });
  await call("register/finish", {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response: {
      attestationObject: text(made.response.attestationObject),
      clientDataJSON: text(made.response.clientDataJSON),
    },
  });
};

const login = async (form) => {
  const token = form.dataset.token;
  const { publicKey } = await call("login/start", token ? { temp_token: token } : {});
  const shown = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: known(publicKey.allowCredentials),
    },
  });
  const { authenticatorData, clientDataJSON, signature, userHandle } = shown.response;
  await call("login/finish", {
    id: shown.id,
    rawId: text(shown.rawId),
    type: shown.type,
    response: {
      authenticatorData: text(authenticatorData),
      clientDataJSON: text(clientDataJSON),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  });
};

const say = (form, words, href) => {
  const place = form.querySelector("[data-passkey-says]");
  place.textContent = words;
  if (!href) return;
  const link = document.createElement("a");
  link.href = href;
  link.textContent = href;
  place.append(" ", link);
};

for (const form of document.querySelectorAll("[data-passkey]")) {
  const button = form.querySelector("button");
  const { origin, passkey, next } = form.dataset;
  if (!globalThis.PublicKeyCredential && origin === location.origin) {
    form.hidden = true;
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // Browsers bind passkeys to a name: on this machine that is localhost, not a number.
    if (origin !== location.origin) {
      say(form, "Passkeys work under this address:", origin + location.pathname);
      return;
    }
    button.disabled = true;
    say(form, "");
    try {
      await (passkey === "register" ? register : login)(form);
      location.assign(next);
    } catch (fault) {
      if (fault.code === "REAUTH_REQUIRED") {
        location.assign(`/account/prove?next=${encodeURIComponent(location.pathname)}`);
      } else {
        say(form, fault.name === "NotAllowedError" ? "Your device did not give a passkey. Try again." : fault.message);
      }
      button.disabled = false;
    }
  });
}
