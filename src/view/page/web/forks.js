// @ts-check
// Forks: what else could have happened at a step, and asking the engine behind the page to let it happen. Without an
// engine only those are there that came with the page.

/**
 * @typedef {{pick: (step: number, what: string, then: string) => void, open: (run: number) => void,
 *   save: () => void}} ForkActions
 */

/** The list of what can happen next. @param {HTMLElement} into @param {Run} run @param {number} step
 *  @param {{live: boolean, then: string, opens: (line: string) => number}} knows @param {ForkActions} on */
function showNext(into, run, step, knows, on) {
  const next = step + 1;
  if (next > run.steps) {
    if (run.raw.left_out === 0) into.append(made("h2", {}, "the run is over here"));
    return;
  }
  const { others, more } = run.others(next);
  const count = 1 + others.length + more;
  into.append(made("h2", {}, count === 1 ? "next: one choice" : `next: ${grouped(count)} choices`));
  const list = made("ul", { class: "choices" });
  const taken = made("li", { class: "taken" }, run.choice(next));
  taken.append(made("span", { class: "faint" }, " taken"));
  list.append(taken);
  for (const { line, words } of others) {
    const item = made("li", {}, words);
    const known = knows.opens(line);
    if (known >= 0) item.append(button("open", `open the run in which ${words}`, () => on.open(known)));
    else if (knows.live) item.append(button("take", `fork: ${words}`, () => on.pick(step, line, knows.then)));
    list.append(item);
  }
  if (more > 0) list.append(made("li", { class: "faint" }, `… ${grouped(more)} more`));
  into.append(list);
}

/** @param {string} text @param {string} label @param {() => void} act */
function button(text, label, act) {
  const made_ = made("button", { class: "act", "aria-label": label, title: label }, text);
  made_.addEventListener("click", act);
  return made_;
}

/** What can be done to a process, if an engine is there. @param {HTMLElement} into @param {Run} run @param {number} step
 *  @param {number} who @param {string} then @param {(step: number, what: string, then: string) => void} pick */
function showActs(into, run, step, who, then, pick) {
  const name = run.name(who);
  const acts = made("div", { class: "acts" });
  acts.append(button("kill", `kill ${name} here`, () => pick(step, `kill ${name}`, then)));
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
      if (input.value.trim() !== "") pick(step, `send ${quoted(registered)} ${input.value.trim()}`, then);
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
