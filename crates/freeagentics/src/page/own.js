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
  await send("/password/reset", { workspace, email }).catch((error) => {
    // What is said of itself is said for who runs the server.
    if (error.problem?.code !== "no_mail" || error.problem.detail) throw error;
    throw new Error(`This server sends no mail. Ask an administrator for a ticket (freeagentics users ticket ${email} --ticket), `
      + "then choose “I have a ticket” here.");
  });
  find("mailed").textContent = `If somebody signs in with ${email} here, a letter is on its way to them. Its link leads to a new `
    + "password, once; those of letters before work no more.";
  find("mailed").hidden = false;
}));

/** A new password was typed without being seen, and has to be the same twice. */
function twice(first, second) {
  if (find(first).value === find(second).value) return find(first).value;
  find(second).value = "";
  find(second).focus();
  throw new Error("The two are not the same: type the new one once more.");
}

function closeChange() {
  for (const id of ["old-password", "changed-password", "changed-again"]) find(id).value = "";
  [find("change").hidden, find("change-form").hidden] = [false, true];
  find("change-error").textContent = "";
}

find("change").addEventListener("click", () => {
  find("change-error").textContent = "";
  [find("change").hidden, find("change-form").hidden] = [true, false];
  find("old-password").focus();
});
find("change-cancel").addEventListener("click", closeChange);
find("change-form").addEventListener("submit", (event) => {
  event.preventDefault();
  trying("change-error", async () => {
    await send("/password", { old: find("old-password").value, new: twice("changed-password", "changed-again") });
    closeChange();
    find("account-said").textContent = "Your password is changed. Your other sessions have ended.";
    find("account").focus();
  });
});

// --- What an invitation leads to

/** The ticket in a text, such as a link. */
const ticketIn = (text) => /ticket_[0-9a-f]+/.exec(text)?.[0] ?? null;

/** The ticket of a letter's link: behind the #, so that no server on the way has seen it. */
const ticketOfLink = () => ticketIn(location.hash);

/** Shows where a ticket is taken up, and nothing that was said before. */
function takeUp() {
  for (const id of ["person", "factor", "chosen", "mailed"]) find(id).hidden = true;
  for (const id of ["new-password", "new-again"]) find(id).value = "";
  find("person-error").textContent = "";
  const isThere = Boolean(ticketOfLink());
  [find("ticket").hidden, find("welcome").hidden] = [false, false];
  [find("ticket-typed").hidden, find("ticket-text").required] = [isThere, !isThere];
  find(isThere ? "new-password" : "ticket-text").focus();
}

function leaveTicket() {
  history.replaceState(null, "", location.pathname);
  for (const id of ["ticket-text", "new-password", "new-again", "password"]) find(id).value = "";
  find("person-error").textContent = "";
  [find("person").hidden, find("ticket").hidden] = [false, true];
  find("email").focus();
}

/** Follows a link with a ticket in it. */
function invited() {
  if (ticketOfLink()) takeUp();
}

find("have-ticket").addEventListener("click", takeUp);
find("ticket-back").addEventListener("click", leaveTicket);
find("ticket").addEventListener("submit", (event) => {
  event.preventDefault();
  trying("person-error", async () => {
    const ticket = ticketOfLink() ?? ticketIn(find("ticket-text").value);
    if (!ticket) throw new Error("There is no ticket in this. One begins with ticket_; copy it again, or the whole link.");
    const { email } = await send("/tickets/accept", { ticket, password: twice("new-password", "new-again") });
    leaveTicket();
    find("chosen").hidden = false;
    find("email").value = email;
    find("password").focus();
  });
});
addEventListener("hashchange", invited);

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
  find("app-cells").removeAttribute("d");
}

/** Draws the picture of a secret: a square for each dark cell, and the margin that apps look for. */
function drawPicture(rows) {
  const cells = rows.flatMap((row, y) => [...row].map((cell, x) => (cell === "#" ? `M${x} ${y}h1v1h-1z` : "")));
  find("app-cells").setAttribute("d", cells.join(""));
  find("app-picture").setAttribute("viewBox", `-4 -4 ${rows.length + 8} ${rows.length + 8}`);
}

find("app-add").addEventListener("click", () => trying("account-said", async () => {
  const { hasFactor } = await owned();
  askForProof("Add an authenticator app", { hasFactor }, async (proof) => {
    const { secret, uri, picture } = await send("/factors/app", proof);
    drawPicture(picture);
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
