// One's password and one's authenticator app. Uses the tools of page.js, and those of account.js once somebody does something.
"use strict";

// --- A password that is forgotten or changed

find("forgotten").addEventListener("click", () => trying("person-error", async () => {
  find("mailed").hidden = true;
  const [email, workspace] = [find("email").value.trim(), find("workspace").value.trim() || undefined];
  if (!email) {
    find("email").focus();
    throw new Error("Type your address above, and choose this again.");
  }
  await send("/password/reset", { workspace, email });
  find("mailed").textContent = `If somebody signs in with ${email} here, a letter is on its way to them. Its link leads to a new password.`;
  find("mailed").hidden = false;
}));

function closeChange() {
  for (const id of ["old-password", "changed-password"]) find(id).value = "";
  [find("change").hidden, find("change-form").hidden] = [false, true];
  find("change-error").textContent = "";
}

find("change").addEventListener("click", () => {
  [find("change").hidden, find("change-form").hidden] = [true, false];
  find("old-password").focus();
});
find("change-cancel").addEventListener("click", closeChange);
find("change-form").addEventListener("submit", (event) => {
  event.preventDefault();
  trying("change-error", async () => {
    await send("/password", { old: find("old-password").value, new: find("changed-password").value });
    closeChange();
    find("account-said").textContent = "Your password is changed. Your other sessions have ended.";
    find("account").focus();
  });
});

// --- The app

/** Shows whether there is an app, and what can be done about it. */
function showApp({ since, recovery_codes_left: left, passkeys }) {
  find("app-state").textContent = since ? `You have had one since ${day(since)}.` : "You have none.";
  find("app-add").hidden = Boolean(since);
  find("app-remove").hidden = !since;
  const hasFactor = Boolean(since) || passkeys > 0;
  find("renew").hidden = !hasFactor;
  find("codes-left").textContent = hasFactor ? `${left} recovery codes are left.` : "";
}

/** Nothing of a secret stays on the page. */
function closeApp() {
  find("app-new").hidden = true;
  find("app-secret").textContent = find("app-code").value = find("app-error").textContent = "";
  find("app-uri").removeAttribute("href");
}

find("app-add").addEventListener("click", () => trying("account-said", async () => {
  const { hasFactor } = await owned();
  askForProof("Add an authenticator app", { hasFactor }, async (proof) => {
    const { secret, uri } = await send("/factors/app", proof);
    find("app-secret").textContent = secret.match(/.{1,4}/g).join(" ");
    find("app-uri").href = uri;
    find("app-new").hidden = false;
    find("app-code").focus();
  });
}));
find("app-cancel").addEventListener("click", closeApp);
find("app-new").addEventListener("submit", (event) => {
  event.preventDefault();
  trying("app-error", async () => {
    const code = find("app-code").value.replaceAll(" ", "");
    const { recovery_codes: codes } = await send("/factors/app/confirm", { code });
    const wasClosed = find("numbers").hidden;
    closeApp();
    find("account-said").textContent = "Your app is added. From now on a code of it is asked for when you sign in.";
    // Who has passkeys has codes already, which go on.
    if (codes) tellCodes(codes);
    await owned();
    if (wasClosed) await watch();
  });
});
find("app-remove").addEventListener("click", () =>
  askForProof("Remove the authenticator app", { hasFactor: true }, async (proof) => {
    await send("/factors/app/remove", proof);
    find("account-said").textContent = "Your app is removed: its codes are asked for no more.";
  }));

// --- Recovery codes

/** Shows them; they are told only once. */
function tellCodes(codes) {
  find("codes").textContent = codes.join("\n");
  find("told").hidden = false;
}

find("renew").addEventListener("click", () =>
  askForProof("Get new recovery codes", { hasPassword: false, hasFactor: true }, async ({ recovery_code: old, ...proof }) => {
    if (old) throw new Error("This takes a code of your app or a passkey, not a recovery code.");
    tellCodes((await send("/factors/recovery-codes", proof)).recovery_codes);
    find("account-said").textContent = "The recovery codes of before let nobody in any more.";
  }));
