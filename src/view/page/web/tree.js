// @ts-check
// The supervision tree at a step, as Observer draws it.

/**
 * @typedef {{who: number, name: string, note: string, badges: [string, string, string][], gone: string, below: Branch[],
 *   more: number, key: string}} Branch
 *   A badge is its text, its kind, and what it means. `gone` says why a child is not there.
 */

/** Of children alike so many are shown. */
const ALIKE_SHOWN = 12;

/** The tree after a step: what is supervised, who is not, who should be and is not any more.
 * @param {Run} run @param {number} step @param {Set<string>} open Whose children are all shown.
 * @returns {{title: string, branches: Branch[]}[]} */
function treeAt(run, step, open) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  /** @type {number[][]} */
  const [roots, others, orphans] = [[], [], []];
  run.people.forEach((person, who) => {
    if (person.boot || run.step[person.birth] > step || !run.lives(who, step)) return;
    const above = person.parent;
    const parent = above < 0 ? null : run.people[above];
    if (parent && parent.supervisor && run.lives(above, step) && person.birth > 0) {
      const known = children.get(above);
      if (known) known.push(who);
      else children.set(above, [who]);
    } else if (parent && parent.supervisor && !parent.boot) orphans.push(who);
    else if (person.supervisor) roots.push(who);
    else others.push(who);
  });
  /** @param {number} who @returns {Branch} */
  const branch = (who) => branchOf(run, step, who, children, open, branch);
  return [
    { title: "", branches: roots.map(branch) },
    { title: "not supervised", branches: some(others, open, "others").map(branch) },
    { title: "orphans: alive, though their supervisor is not", branches: some(orphans, open, "orphans").map(branch) },
  ].filter(({ branches }) => branches.length > 0);
}

/** @param {number[]} people @param {Set<string>} open @param {string} key */
function some(people, open, key) {
  return people.length > 200 && !open.has(key) ? people.slice(0, 100) : people;
}

/** @param {Run} run @param {number} step @param {number} who @param {Map<number, number[]>} children
 *  @param {Set<string>} open @param {(who: number) => Branch} branch @returns {Branch} */
function branchOf(run, step, who, children, open, branch) {
  const person = run.people[who];
  const look = /** @type {Look} */ (run.lookAt(who, step));
  const alive = children.get(who) ?? [];
  /** @type {Branch[]} */
  const below = [];
  const key = person.name;
  let more = 0;
  if (look.c) {
    const listed = new Set(look.c.map(([, child]) => child));
    // Who has just been started is not in the table yet, and stands where its place is.
    const started = alive.filter((child) => !listed.has(child));
    for (const [id, child, again] of look.c) {
      const isOfThis = (/** @type {number} */ who) => (child >= 0
        ? run.people[who].base === run.people[child].base : run.people[who].label === run.text(id));
      const now = child >= 0 && run.lives(child, step) ? child : started.find(isOfThis);
      below.push(now === undefined ? missing(run, id, child, again) : branch(now));
      if (now !== undefined && started.includes(now)) started.splice(started.indexOf(now), 1);
    }
    below.push(...started.map(branch));
  } else {
    for (const child of alive) below.push(branch(child));
  }
  if (below.length > ALIKE_SHOWN + 4 && !open.has(key)) more = below.splice(ALIKE_SHOWN).length;
  const registered = look.r === null ? "" : run.text(look.r);
  const note = registered !== "" && registered !== person.label ? registered : "";
  return { who, name: person.name, note, badges: badgesOf(run, step, who, look), gone: "", below, more, key };
}

/** @param {Run} run @param {number} id @param {number} child @param {number} again @returns {Branch} */
function missing(run, id, child, again) {
  const name = child >= 0 ? run.name(child) : run.text(id);
  const gone = again ? "will be tried again" : child >= 0 ? "dead, not yet heard of" : "not running";
  return { who: child, name, note: "", badges: [], gone, below: [], more: 0, key: name };
}

/** @param {Run} run @param {number} step @param {number} who @param {Look} look @returns {[string, string, string][]} */
function badgesOf(run, step, who, look) {
  /** @type {[string, string, string][]} */
  const badges = [];
  const restarts = run.intensity(who, step);
  if (restarts) {
    const [used, most, period] = restarts;
    const kind = used > most ? "over" : used > 0 ? "used" : "quiet";
    badges.push([`${used}/${most}`, kind, `${used} of ${most} restarts in ${period} s`]);
  }
  const mail = look.m[0];
  if (mail > 0) badges.push([`✉ ${grouped(mail)}`, "mail", `${grouped(mail)} in the mailbox`]);
  return badges;
}

class Tree {
  /** @param {HTMLElement} element @param {(who: number) => void} onChoose */
  constructor(element, onChoose) {
    this.element = element;
    this.onChoose = onChoose;
    /** @type {Set<string>} */
    this.open = new Set();
    /** @type {() => void} */
    this.again = () => {};
    element.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** @param {Run} run @param {number} step @param {number} chosen */
  show(run, step, chosen) {
    this.again = () => this.show(run, step, chosen);
    const focused = this.element.contains(document.activeElement) && document.activeElement !== this.element;
    /** @type {HTMLElement[]} */
    const rows = [];
    for (const { title, branches } of treeAt(run, step, this.open)) {
      if (title !== "") rows.push(made("div", { class: "tree-title", role: "presentation" }, title));
      branches.forEach((branch, index) => this.put(branch, [], index === branches.length - 1, chosen, rows, run, step));
    }
    if (rows.length === 0) rows.push(made("div", { class: "tree-title" }, "Nobody is alive."));
    this.element.replaceChildren(...rows);
    // One of them can be reached with Tab, and the others from there.
    if (!rows.some((row) => row.tabIndex === 0)) rows.find((row) => row.role === "treeitem")?.setAttribute("tabindex", "0");
    if (focused) this.focusOn(chosen);
  }

  /** @param {Branch} branch @param {boolean[]} above Whether more comes below each ancestor. @param {boolean} last
   *  @param {number} chosen @param {HTMLElement[]} rows @param {Run} run @param {number} step */
  put(branch, above, last, chosen, rows, run, step) {
    const depth = above.length;
    const row = made("div", {
      class: `node${branch.gone ? " gone" : ""}${branch.who === chosen && branch.who >= 0 ? " chosen" : ""}`,
      role: "treeitem", "aria-level": String(depth + 1), tabindex: branch.who === chosen ? "0" : "-1",
      "aria-selected": String(branch.who === chosen), "data-who": String(branch.who),
    });
    const lines = above.slice(1).map((more) => (more ? "│ " : "  ")).join("");
    const branchLine = depth === 0 ? "" : `${lines}${last ? "└ " : "├ "}`;
    row.append(made("span", { class: "branch", "aria-hidden": "true" }, branchLine));
    const name = made("span", { class: "node-name" });
    // Of a name that is too long its beginning is left out.
    name.append(made("bdi", {}, branch.name));
    row.append(name);
    if (branch.note) row.append(made("span", { class: "faint" }, ` ${branch.note}`));
    for (const [text, kind, meaning] of branch.badges) {
      row.append(made("span", { class: `badge ${kind}`, title: meaning, "aria-label": meaning }, text));
    }
    const look = branch.who >= 0 && !branch.gone ? run.lookAt(branch.who, step) : null;
    const doing = look ? run.text(look.s) : branch.gone;
    if (doing !== "idle") row.append(made("span", { class: "doing" }, doing));
    row.title = `${branch.name}${doing ? `: ${doing}` : ""}`;
    if (branch.who >= 0) row.addEventListener("click", () => this.onChoose(branch.who));
    rows.push(row);
    const count = branch.below.length;
    branch.below.forEach((below, index) => {
      this.put(below, [...above, !last], index === count - 1 && branch.more === 0, chosen, rows, run, step);
    });
    if (branch.more > 0) {
      const more = made("div", {
        class: "more", role: "treeitem", tabindex: "-1", "aria-level": String(depth + 2), "aria-selected": "false",
      }, `… ${grouped(branch.more)} more`);
      more.style.marginLeft = `${(depth + 1) * 1.1}em`;
      more.addEventListener("click", () => {
        this.open.add(branch.key);
        this.again();
      });
      rows.push(more);
    }
  }

  /** @param {number} who */
  focusOn(who) {
    const found = this.element.querySelector(`[data-who="${who}"]`);
    if (found instanceof HTMLElement) found.focus();
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const rows = Array.from(this.element.querySelectorAll("[role=treeitem]"));
    const at = rows.indexOf(/** @type {Element} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    const target = to === undefined ? null : rows[Math.max(0, Math.min(to, rows.length - 1))];
    if (target instanceof HTMLElement) {
      target.focus();
      event.preventDefault();
      event.stopPropagation();
    } else if ((event.key === "Enter" || event.key === " ") && at >= 0) {
      /** @type {HTMLElement} */ (rows[at]).click();
      event.preventDefault();
      event.stopPropagation();
    }
  }
}
