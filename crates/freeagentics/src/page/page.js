// Shows what runs on this server: asks its API by the reader's session or with their key, and follows its stream of decisions.
"use strict";

const STORED = "freeagentics-key";
const MOST_CARDS = 60;
const STATES_SHOWN = 4;
// A sentence is asked for when something has changed, and otherwise every so many steps.
const STEPS_PER_SENTENCE = 5;

const find = (id) => document.getElementById(id);
const cards = new Map();
const abouts = new Map();
let key = sessionStorage.getItem(STORED);
// Who has signed in; nobody as long as it is a key that opens this page.
let person = null;
let stream = null;
let paused = false;

// --- Small tools

/** An element with properties and children. Text is always text: nothing from the server becomes markup. */
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function percent(odds) {
  const value = odds * 100;
  if (value <= 0 || value >= 100) return `${Math.round(value)} %`;
  if (value < 0.1) return "<0.1 %";
  if (value > 99.9) return ">99.9 %";
  return value < 9.95 || value > 99 ? `${value.toFixed(1).replace(/\.0$/, "")} %` : `${value.toFixed(0)} %`;
}

function amount(value) {
  if (typeof value !== "number") return "";
  if (value !== 0 && Math.abs(value) < 0.005) return "almost 0";
  return String(Number(value.toFixed(Math.abs(value) < 10 ? 2 : 1)));
}

/** `probe`, or `heat=on fan=off` when there are several controls. */
function moveOf(action) {
  const settings = Object.entries(action ?? {});
  return settings.length === 1 ? settings[0][1] : settings.map(([name, value]) => `${name}=${value}`).join(" ");
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A text that can stand before and behind another one. */
const spoken = (text) => text.replace(/^./, (letter) => letter.toUpperCase()).replace(/[^.!?:]$/, "$&.");

/** Asks the API. What it refuses becomes an error with its own words. */
async function ask(path, options = {}) {
  // Without a key the browser sends the cookie of the session by itself.
  const headers = { ...(key && { Authorization: `Bearer ${key}` }), Accept: "application/json", ...options.headers };
  const answer = await fetch(`/api/v1${path}`, { ...options, headers });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  // Whose session has ended is told so, and where to begin again; a key's end is told by who tried it.
  if (problem.code === "unauthenticated" && person) ended();
  const why = [problem.detail ?? problem.title ?? `status ${answer.status}`, problem.mend].filter(Boolean).map(spoken).join(" ");
  throw Object.assign(new Error(why), { status: answer.status, problem });
}

const read = async (path) => (await ask(path)).json();

/** Sends JSON, and gives what comes back. */
async function send(path, body) {
  const answer = await ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

// --- The key

async function open() {
  find("key-error").textContent = "";
  try {
    await read("/whoami");
  } catch (error) {
    if (error.status !== 401) throw error;
    forget();
    find("key-error").textContent = "The server does not know this key. Is it complete, and is it this server's?";
    return;
  }
  sessionStorage.setItem(STORED, key);
  find("leave").hidden = false;
  await watch();
}

/** Shows what runs to who may see it. */
async function watch() {
  for (const id of ["numbers", "fleet"]) find(id).hidden = false;
  find("welcome").hidden = !ticketOfLink();
  count();
  await show(find("label").value.trim());
}

/** Nobody is here any more. */
function forget() {
  stream?.abort();
  key = person = null;
  sessionStorage.removeItem(STORED);
  for (const id of ["numbers", "fleet", "leave", "account", "to-account", "told"]) find(id).hidden = true;
  find("codes").textContent = "";
  closeApp();
  closeChange();
  find("passkeys").replaceChildren();
  find("welcome").hidden = false;
}

/** The same, of who did not leave by themselves. */
function ended() {
  if (!person && !key) return;
  const [place, why] = person
    ? ["person-error", "Your session has ended: it was not used for long, a password was chosen elsewhere, or somebody has ended it. Sign in again."]
    : ["key-error", "This key opens the server no more: it has expired, or was revoked."];
  forget();
  find("by-key").open = place === "key-error";
  find(place).textContent = why;
}

// --- What runs

/** The server's state, which everybody may ask for. */
async function health() {
  for (;;) {
    let text = "The server does not answer.";
    try {
      const { ready, stage } = await (await fetch("/health/ready")).json();
      text = ready ? "The server is well." : `The server is not ready (${stage}).`;
    } catch { /* The text says it. */ }
    if (find("state").textContent !== text) find("state").textContent = text;
    await pause(5000);
  }
}

/** Numbers that are counted up while somebody looks. */
async function count() {
  const [by, whose] = [key, person];
  while ((key || person) && key === by && person === whose) {
    try {
      const system = await read("/system");
      const { counts = {} } = system;
      const facts = [
        ["Version", system.version],
        ["Running for", duration(system.uptime_seconds ?? system.uptime)],
        ["Database", system.database],
        ["Models", counts.models ?? system.models],
        ["Agents", counts.agents ?? system.agents],
        ["In memory", counts.hot_agents ?? system.hot_agents],
        ["Steps", counts.steps ?? system.steps],
      ];
      const shown = facts.filter(([, value]) => value !== undefined && value !== null);
      const text = (value) => (typeof value === "number" ? value.toLocaleString("en") : String(value));
      find("facts").replaceChildren(...shown.map(([name, value]) =>
        element("div", {}, element("dt", { textContent: name }), element("dd", { textContent: text(value) }))));
    } catch (error) {
      if (error.status === 401) return ended();
    }
    await pause(5000);
  }
}

function duration(seconds) {
  if (typeof seconds !== "number") return seconds;
  const parts = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const from = Math.max(0, parts.findIndex(([, size]) => seconds >= size));
  let rest = Math.round(seconds);
  const told = parts.slice(from < 0 ? 3 : from).slice(0, 2).map(([unit, size]) => {
    const number = Math.floor(rest / size);
    rest -= number * size;
    return `${number} ${unit}`;
  });
  return told.join(" ");
}

// --- The agents

/** Shows the agents with a label and follows them; without one, all agents, as they are now. */
async function show(label) {
  stream?.abort();
  stream = new AbortController();
  const { signal } = stream;
  cards.clear();
  find("cards").replaceChildren();
  const where = label ? `?label=${encodeURIComponent(label)}&limit=${MOST_CARDS}` : `?limit=${MOST_CARDS}`;
  try {
    const { items, next } = await read(`/agents${where}`);
    nobody(items.length, label, next);
    const whole = await Promise.all(items.map(({ id }) => read(`/agents/${encodeURIComponent(id)}`).catch(() => null)));
    if (signal.aborted) return;
    whole.filter(Boolean).forEach(draw);
    if (label) follow(`/events?label=${encodeURIComponent(label)}`, signal);
    else find("live").textContent = "as they are now; with a label they are followed";
  } catch (error) {
    find("live").textContent = error.message;
  }
}

function nobody(count, label, next) {
  find("nobody").hidden = count > 0 && !next;
  const command = "freeagentics agents create first --model watchdog" + (label ? ` --label ${label}` : "");
  find("nobody").textContent = next
    ? `These are the first ${MOST_CARDS}; a narrower label shows others.`
    : `No agent ${label ? `has the label ${label}` : "is here"}. Start the server with --demo for a dozen that live in ` +
      `simulated worlds, or create one: ${command}`;
}

/** Puts an agent's card on the page. */
function draw(agent) {
  const { id, model } = agent;
  const card = {
    id,
    step: agent.step,
    said: { key: null, step: -STEPS_PER_SENTENCE },
    number: element("span", { className: "number" }),
    factors: element("div"),
    odds: new Map(),
    move: element("strong"),
    why: element("p", { className: "why" }),
  };
  const about = element("p", { className: "about", textContent: `${model.name}@${model.version}` });
  const explain = element("button", { type: "button", textContent: "Explain" });
  explain.setAttribute("aria-label", `Explain what ${id} does`);
  explain.addEventListener("click", () => explainStep(card));
  const head = element("div", { className: "head" }, element("h3", { textContent: id }), card.number);
  const move = element("p", { className: "move" }, "Move: ", card.move);
  find("cards").append(element("li", {}, head, about, card.factors, move, card.why, explain));
  cards.set(id, card);
  describe(model.name).then((text) => { if (text) about.textContent = text; });
  update(card, agent);
}

/** What a model is for, asked once. */
function describe(name) {
  if (!abouts.has(name)) {
    abouts.set(name, read(`/models/${encodeURIComponent(name)}`).then((model) => model.description).catch(() => null));
  }
  return abouts.get(name);
}

/** Brings a card up to what was just decided. */
function update(card, { step, episode, action, beliefs }) {
  card.step = step;
  card.number.textContent = `step ${step}, episode ${episode}`;
  card.move.textContent = moveOf(action) || "none yet";
  const factors = Object.entries(beliefs ?? {});
  for (const [factor, odds] of factors) gauges(card, factor, odds, factors.length > 1);
  const likeliest = factors.map(([, odds]) => ranked(odds)[0]?.[0]).join();
  const changed = `${moveOf(action)} ${likeliest}`;
  if (step > 0 && (changed !== card.said.key || step - card.said.step >= STEPS_PER_SENTENCE)) {
    card.said = { key: changed, step };
    sentence(card, step);
  }
}

const ranked = (odds) => Object.entries(odds).sort(([, left], [, right]) => right - left);

/** The likeliest states of one factor as bars. Rows stay where they are, so that bars move and not names. */
function gauges(card, factor, odds, named) {
  const likely = ranked(odds).filter(([, value], at) => at < 2 || value >= 0.0005);
  const shown = likely.slice(0, STATES_SHOWN).map(([state]) => state);
  let table = card.odds.get(factor);
  if (!table || shown.some((state) => !table.rows.has(state))) {
    const rows = new Map();
    const kept = Object.keys(odds).filter((state) => shown.includes(state) || (table?.rows.has(state) && odds[state] > 0.01));
    const body = element("tbody");
    for (const state of kept.slice(0, STATES_SHOWN + 2)) {
      const row = { fill: element("span"), text: element("td") };
      const gauge = element("span", { className: "gauge" }, row.fill);
      gauge.setAttribute("aria-hidden", "true");
      const name = element("th", { scope: "row", textContent: state });
      body.append(element("tr", {}, name, element("td", {}, gauge), row.text));
      rows.set(state, row);
    }
    const caption = element("caption", { textContent: named ? `Odds of ${factor}` : "Odds" });
    const made = element("table", { className: "odds" }, caption, body);
    if (table) table.made.replaceWith(made); else card.factors.append(made);
    card.odds.set(factor, (table = { made, rows }));
  }
  for (const [state, row] of table.rows) {
    row.fill.style.width = `${(odds[state] ?? 0) * 100}%`;
    row.text.textContent = percent(odds[state] ?? 0);
  }
}

async function sentence(card, step) {
  const decision = await explained(card.id, step, "summary").catch(() => null);
  if (!decision?.why || card.step - step >= STEPS_PER_SENTENCE) return;
  card.why.replaceChildren(decision.why, " ", element("span", { className: "number", textContent: `(step ${step})` }));
}

const explained = (id, step, how) => read(`/agents/${encodeURIComponent(id)}/decisions/${step}?explain=${how}`);

// --- Live

/** Reads the stream of decisions until told to stop, and takes it up again where it broke off. */
async function follow(path, signal) {
  let last = null;
  let wait = 500;
  while (!signal.aborted) {
    try {
      const headers = { Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) };
      const answer = await ask(path, { headers, signal });
      find("live").textContent = "live";
      for await (const event of events(answer.body)) {
        last = event.id ?? last;
        wait = 500;
        if (!paused && event.data) happened(event.kind, JSON.parse(event.data));
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 401) return ended();
      find("live").textContent = `not live: ${error.message}`;
    }
    await pause(wait);
    wait = Math.min(wait * 2, 15000);
  }
}

function happened(kind, data) {
  const card = cards.get(data.agent);
  if (kind === "step" && card) update(card, data);
  if (kind === "created" && !card && cards.size < MOST_CARDS) {
    read(`/agents/${encodeURIComponent(data.agent)}`).then((agent) => cards.has(agent.id) || draw(agent)).catch(() => {});
  }
  if (kind === "deleted" && card) card.number.textContent = "deleted";
}

/** Server-sent events of a body. The browser's own EventSource cannot send a key. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value.replaceAll("\r", "")).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = { id: null, kind: "message", data: "" };
      for (const line of block.split("\n")) {
        const [, field, text] = /^([^:]*):? ?(.*)$/.exec(line);
        if (field === "id") event.id = text;
        if (field === "event") event.kind = text;
        if (field === "data") event.data += text;
      }
      yield event;
    }
  }
}

// --- One decision

async function explainStep(card) {
  const step = card.step;
  find("decision-title").textContent = `${card.id}, step ${step}`;
  find("explained").replaceChildren(element("p", { textContent: step > 0 ? "Asking…" : "It has not decided anything yet." }));
  find("decision").showModal();
  if (step <= 0) return;
  try {
    find("explained").replaceChildren(...tell(await explained(card.id, step, "full")));
  } catch (error) {
    find("explained").replaceChildren(element("p", { className: "alarm", textContent: error.message }));
  }
}

/** A decision in words and numbers. */
function tell(decision) {
  const told = [element("p", {}, element("strong", { textContent: `Move: ${moveOf(decision.action)}` }))];
  const seen = Object.entries(decision.observation ?? {}).map(([name, value]) =>
    `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  told.push(element("p", { textContent: `Saw: ${seen.join(" ") || "nothing"}` }));
  if (decision.why) told.push(element("p", { textContent: decision.why }));
  for (const [factor, odds] of Object.entries(decision.beliefs ?? {})) {
    const before = decision.prior?.[factor] ?? {};
    const rows = ranked(odds).slice(0, 8).map(([state, now]) => [state, percent(before[state] ?? 0), percent(now)]);
    told.push(table([factor, "before", "now"], rows));
  }
  const move = moveOf(decision.action);
  const rows = (decision.considered ?? []).slice(0, 10).map((one) => [
    moveOf(one.action), percent(one.odds), amount(one.cost), amount(one.brings), amount(one.tells), amount(one.worth),
  ]);
  const heads = ["What it could do", "chosen with", "costs", "should save", "worth as a look", "in all"];
  if (rows.length) told.push(table(heads, rows, (row) => row[0] === move));
  const replay = decision.replay;
  if (replay) {
    const text = replay.identical
      ? "Computed again just now from the log, and the same to the last bit."
      : `Computed again, and not the same: it was made with numerics ${replay.numerics}.`;
    told.push(element("p", { className: replay.identical ? "faint" : "alarm", textContent: text }));
  }
  return told;
}

function table(heads, rows, isChosen = () => false) {
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col", textContent: text })));
  const body = rows.map((row) => element("tr", { className: isChosen(row) ? "chosen" : "" },
    ...row.map((text, at) => element(at ? "td" : "th", { textContent: text }))));
  const made = element("table", { className: "weighed" }, element("thead", {}, head), element("tbody", {}, ...body));
  const scroll = element("div", { className: "scroll", tabIndex: 0 }, made);
  scroll.setAttribute("role", "group");
  scroll.setAttribute("aria-label", heads[0]);
  return scroll;
}

// --- What the reader does

find("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  key = find("key").value.trim();
  find("key").value = "";
  open().then(() => { if (key) find("fleet").focus(); })
    .catch((error) => { find("key-error").textContent = error.message; });
});
find("filter").addEventListener("submit", (event) => {
  event.preventDefault();
  show(find("label").value.trim());
});
find("leave").addEventListener("click", () => {
  forget();
  find("key").focus();
});
find("pause").addEventListener("click", () => {
  paused = !paused;
  find("pause").setAttribute("aria-pressed", String(paused));
  find("live").textContent = paused ? "paused" : "live";
});

health();
