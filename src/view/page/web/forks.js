// @ts-check
// Forks: what else could have happened at a step, and asking the engine behind the page to let it happen. Without an
// engine only those are there that came with the page.

/** @typedef {{pick: (step: number, what: string) => void, open: (run: number) => void}} ForkActions */

/** @typedef {{live: boolean, opens: (step: number, line: string) => number}} Knows
 *   Whether an engine is there, and which run has begun with this after a step, or -1. */

/** What else could have happened in the step at the cursor. @param {HTMLElement} into @param {Run} run
 *  @param {number} step @param {Knows} knows @param {ForkActions} on */
function showInstead(into, run, step, knows, on) {
  const { others, more } = step > 0 ? run.others(step) : { others: [], more: 0 };
  if (others.length === 0) return;
  into.append(made("h2", {}, "instead of this step"), choicesOf(others, more, step - 1, knows, on));
}

/** The list of what can happen next. @param {HTMLElement} into @param {Run} run @param {number} step
 *  @param {Knows} knows @param {ForkActions} on */
function showNext(into, run, step, knows, on) {
  const next = step + 1;
  if (next > run.steps) {
    if (run.raw.left_out === 0) into.append(made("h2", {}, "the run is over here"));
    return;
  }
  const { others, more } = run.others(next);
  const count = 1 + others.length + more;
  into.append(made("h2", {}, count === 1 ? "next: one choice" : `next: ${grouped(count)} choices`));
  const list = choicesOf(others, more, step, knows, on);
  const taken = made("li", { class: "taken" }, run.choice(next));
  taken.append(made("span", { class: "faint" }, " taken"));
  list.prepend(taken);
  into.append(list);
  if (knows.live && run.people.some(({ name }) => name.includes("@"))) {
    const label = "lose the connection between the nodes here, for good";
    const acts = made("div", { class: "acts" });
    acts.append(button("cut the connection", label, () => on.pick(step, "cut")));
    into.append(acts);
  }
}

/** Choices that were not taken after a step, each with what can be done with it.
 *  @param {{line: string, words: string}[]} others @param {number} more @param {number} step
 *  @param {Knows} knows @param {ForkActions} on */
function choicesOf(others, more, step, knows, on) {
  const list = made("ul", { class: "choices" });
  for (const { line, words } of others) {
    const item = made("li", {}, words);
    const known = knows.opens(step, line);
    if (known >= 0) item.append(button("open", `open the run in which ${words}`, () => on.open(known)));
    else if (knows.live) item.append(button("take", `fork: ${words}`, () => on.pick(step, line)));
    list.append(item);
  }
  if (more > 0) list.append(made("li", { class: "faint" }, `… ${grouped(more)} more`));
  return list;
}

/** How whatever is forked goes on: calmly, or by a seed. @param {string} then @param {(then: string) => void} set */
function goingOn(then, set) {
  const row = made("div", { class: "go-on" }, "a fork goes on ");
  const how = /** @type {HTMLSelectElement} */ (made("select", { id: "how", "aria-label": "how a fork goes on" }));
  how.append(made("option", { value: "calm" }, "calmly"), made("option", { value: "seed" }, "by the seed"));
  const seed = /** @type {HTMLInputElement} */ (made("input", {
    id: "seed", type: "number", min: "0", step: "1", value: then === "calm" ? "1" : then, "aria-label": "the seed",
  }));
  how.value = then === "calm" ? "calm" : "seed";
  seed.hidden = then === "calm";
  const changed = () => {
    seed.hidden = how.value === "calm";
    set(seed.hidden || seed.value === "" ? "calm" : seed.value);
  };
  how.addEventListener("change", changed);
  seed.addEventListener("input", changed);
  row.append(how, " ", seed);
  return row;
}

/** @param {string} text @param {string} label @param {() => void} act */
function button(text, label, act) {
  const made_ = made("button", { class: "act", "aria-label": label, title: label }, text);
  made_.addEventListener("click", act);
  return made_;
}

/** What can be done to a process, if an engine is there. @param {HTMLElement} into @param {Run} run @param {number} step
 *  @param {number} who @param {(step: number, what: string) => void} pick */
function showActs(into, run, step, who, pick) {
  const name = run.name(who);
  const acts = made("div", { class: "acts" });
  acts.append(button("kill", `kill ${name} here`, () => pick(step, `kill ${name}`)));
  const look = run.lookAt(who, step);
  if (look && look.r !== null) {
    const registered = run.text(look.r);
    const form = made("form", { class: "send" });
    const input = /** @type {HTMLInputElement} */ (made("input", {
      type: "text", placeholder: "message, as a scenario writes it", "aria-label": `message to ${registered}`,
      autocomplete: "off", spellcheck: "false",
    }));
    form.append(input, made("button", { class: "act", type: "submit", title: `send it to ${registered} here` }, "send"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value.trim() !== "") pick(step, `send ${quoted(registered)} ${input.value.trim()}`);
    });
    acts.append(form);
  }
  into.append(acts);
}

/** A name as a scenario writes it. @param {string} name */
function quoted(name) {
  return /^[A-Za-z_][\w.]*$/.test(name) ? name : JSON.stringify(name);
}

/** Asks the engine. @param {string} what @param {unknown} request @returns {Promise<any>} */
async function ask(what, request) {
  const answer = await fetch(what, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(request), credentials: "omit",
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error ?? `the engine answered ${answer.status}`);
  return said;
}
