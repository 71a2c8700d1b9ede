// Signing in and out, and one's passkeys. Uses the tools of page.js, which is loaded before.
"use strict";

// What is asked after the right password, while it is.
let asked = null;

// --- Bytes, as the API writes them

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

function spelled(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const known = (list) => list.map((one) => ({ ...one, id: bytes(one.id) }));

// --- What the device does

/** Has a device make a passkey. */
async function make(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  const excludeCredentials = known(options.excludeCredentials);
  const publicKey = { ...options, user, excludeCredentials, challenge: bytes(options.challenge) };
  const { response } = await navigator.credentials.create({ publicKey });
  return {
    response: {
      clientDataJSON: spelled(response.clientDataJSON),
      attestationObject: spelled(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

/** Has a device show one. */
async function present(options) {
  const allowCredentials = known(options.allowCredentials);
  const publicKey = { ...options, allowCredentials, challenge: bytes(options.challenge) };
  const { rawId, response } = await navigator.credentials.get({ publicKey });
  return {
    id: spelled(rawId),
    response: {
      clientDataJSON: spelled(response.clientDataJSON),
      authenticatorData: spelled(response.authenticatorData),
      signature: spelled(response.signature),
      userHandle: response.userHandle ? spelled(response.userHandle) : null,
    },
  };
}

/** What went wrong, in words; browsers tell little of it, on purpose. */
function words(error) {
  if (error.name === "NotAllowedError") return "The device did not answer: it was cancelled, took too long, or has no passkey for this.";
  if (error.name === "InvalidStateError") return "This device has a passkey of yours already.";
  if (error.name === "SecurityError") return "Your browser gives no passkeys to this address.";
  return error.message;
}

/** Why there can be no passkeys on this page, if so. */
function obstacle() {
  if (window.PublicKeyCredential && !/^[\d.]+$|^\[/.test(location.hostname)) return null;
  const local = `${location.protocol}//localhost:${location.port}/`;
  const isHere = ["127.0.0.1", "[::1]"].includes(location.hostname);
  return isHere ? `Passkeys belong to a name, and this address has none. Open this page as ${local} to use them.`
    : "Passkeys take an address with a name, and https.";
}

// --- Signing in and out

/** A six-digit code is of an app; anything else that people type is a recovery code. */
function typed(text) {
  const code = text.trim();
  return /^\d{3}\s?\d{3}$/.test(code) ? { code } : { recovery_code: code };
}

async function arrive() {
  asked = null;
  for (const id of ["email", "password", "factor-code"]) find(id).value = "";
  [find("person").hidden, find("factor").hidden] = [false, true];
  for (const id of ["person-error", "account-said"]) find(id).textContent = "";
  for (const id of ["mailed", "chosen"]) find(id).hidden = true;
  invited();
  const me = await read("/whoami");
  person = me.user ?? null;
  if (!person) return;
  for (const id of ["account", "to-account"]) find(id).hidden = false;
  find("welcome").hidden = !ticketOfLink();
  find("account-who").textContent = `${person.name}, ${person.email}`;
  const { mustEnrol } = await owned();
  if (!mustEnrol) await watch();
}

/** Does something that may fail, and says so in this place. */
async function trying(place, work) {
  find(place).textContent = "";
  try {
    await work();
  } catch (error) {
    find(place).textContent = words(error);
  }
}

async function enter() {
  try {
    const workspace = find("workspace").value.trim() || undefined;
    await send("/sign-in", { workspace, email: find("email").value, password: find("password").value, cookie: true });
  } catch (error) {
    if (error.problem?.code !== "second_factor_required") throw error;
    asked = error.problem;
    [find("person").hidden, find("factor").hidden] = [true, false];
    find("factor-passkey").hidden = !asked.public_key || obstacle() !== null;
    (asked.public_key && !obstacle() ? find("factor-passkey") : find("factor-code")).focus();
    return;
  }
  await arrive();
  find("account").focus();
}

async function answer(proof) {
  await send("/sign-in/factor", { challenge: asked.challenge, ...proof, cookie: true });
  await arrive();
  find("account").focus();
}

function again() {
  asked = null;
  [find("person").hidden, find("factor").hidden] = [false, true];
  find("person-error").textContent = "";
  find("email").focus();
}

find("person").addEventListener("submit", (event) => {
  event.preventDefault();
  trying("person-error", enter);
});
find("with-passkey").addEventListener("click", () => trying("person-error", async () => {
  const { public_key: options } = await send("/sign-in/passkey/options", {});
  await send("/sign-in/passkey", { credential: await present(options), cookie: true });
  await arrive();
  find("account").focus();
}));
find("factor").addEventListener("submit", (event) => {
  event.preventDefault();
  trying("person-error", () => answer(typed(find("factor-code").value)));
});
find("factor-passkey").addEventListener("click", () =>
  trying("person-error", async () => answer({ passkey: await present(asked.public_key) })));
find("factor-back").addEventListener("click", again);
find("sign-out").addEventListener("click", () => trying("account-said", async () => {
  await ask("/sign-out", { method: "POST" });
  forget();
  find("email").focus();
}));
find("to-account").addEventListener("click", () => find("account").focus());

// --- One's passkeys

const day = (time) => (time ? new Date(time).toLocaleDateString() : null);

/** Shows what one has. */
async function owned() {
  const [status, { items }] = await Promise.all([read("/factors"), read("/factors/passkeys")]);
  const mustEnrol = status.required && !status.since && items.length === 0;
  find("enrol-first").hidden = !mustEnrol;
  // What this address cannot do is not offered; what was added at another can be removed here.
  const hasPasskeys = obstacle() === null;
  [find("add").hidden, find("or-passkey").hidden] = [!hasPasskeys, !hasPasskeys];
  find("passkeys-part").hidden = !hasPasskeys && items.length === 0;
  showApp(status);
  find("passkeys").replaceChildren(...items.map((passkey) => {
    const used = passkey.last_used_at ? `last used ${day(passkey.last_used_at)}` : "never used";
    const about = `added ${day(passkey.created_at)}, ${used}${passkey.synced ? ", on several devices" : ""}`;
    const remove = element("button", { type: "button", textContent: "Remove" });
    remove.setAttribute("aria-label", `Remove the passkey ${passkey.name}`);
    remove.addEventListener("click", () => askForProof(`Remove ${passkey.name}`, { hasFactor: true }, async (proof) => {
      await send(`/factors/passkeys/${encodeURIComponent(passkey.id)}/remove`, proof);
      find("account-said").textContent = `${passkey.name} is removed. If your device keeps it, delete it there too.`;
    }));
    return element("li", {}, element("strong", { textContent: passkey.name }),
      element("span", { className: "faint", textContent: about }), remove);
  }));
  return { mustEnrol, hasFactor: Boolean(status.since) || items.length > 0 };
}

/** Asks for the password, and a factor if there is one, and does something with both. */
function askForProof(title, { isNamed = false, hasPassword = true, hasFactor }, work) {
  find("proof-title").textContent = title;
  [find("proof-named").hidden, find("proof-own").hidden, find("proof-factor").hidden] = [!isNamed, !hasPassword, !hasFactor];
  [find("proof-name").required, find("proof-password").required] = [isNamed, hasPassword];
  for (const id of ["proof-name", "proof-password", "proof-code"]) find(id).value = "";
  find("proof-error").textContent = "";
  find("proof-form").onsubmit = (event) => {
    event.preventDefault();
    find("proof-go").disabled = true;
    trying("proof-error", async () => {
      const proof = hasPassword ? { password: find("proof-password").value } : {};
      const code = find("proof-code").value.trim();
      if (hasFactor && code) Object.assign(proof, typed(code));
      else if (hasFactor) proof.passkey = await present((await send("/factors/passkeys/challenge", {})).public_key);
      await work(proof);
      find("proof").close();
      await owned();
    }).finally(() => { find("proof-go").disabled = false; });
  };
  find("proof").showModal();
}

find("proof-cancel").addEventListener("click", () => find("proof").close());
find("proof").addEventListener("close", () => {
  for (const id of ["proof-password", "proof-code"]) find(id).value = "";
});
find("add").addEventListener("click", () => trying("account-said", async () => {
  const { hasFactor, mustEnrol } = await owned();
  askForProof("Add a passkey", { isNamed: true, hasFactor }, async (proof) => {
    const name = find("proof-name").value.trim();
    const { public_key: options } = await send("/factors/passkeys/options", proof);
    const made = await send("/factors/passkeys", { name, credential: await make(options) });
    find("account-said").textContent = `${made.name} is added. From now on you can sign in with it.`;
    if (made.recovery_codes) tellCodes(made.recovery_codes);
    if (mustEnrol) await watch();
  });
}));
find("noted").addEventListener("click", () => {
  find("told").hidden = true;
  find("codes").textContent = "";
  find("account").focus();
});

// --- Who is here already

const hindrance = obstacle();
if (hindrance) {
  find("passkey-help").textContent = hindrance;
  find("passkey-help").hidden = false;
  find("with-passkey").hidden = true;
}
if (key) open().catch((error) => { find("key-error").textContent = error.message; });
else arrive().catch((error) => { if (error.status !== 401) find("person-error").textContent = error.message; });
