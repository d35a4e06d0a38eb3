// @ts-check
// The supervision tree at a step, as Observer draws it.

/**
 * @typedef {{who: number, name: string, note: string, badges: [string, string, string][], gone: string, below: Branch[],
 *   more: number, key: string}} Branch
 *   A badge is its text, its kind, and what it means. `gone` says why a child is not there.
 * @typedef {{who: number, open: Map<string, number>}} Wanted
 *   Who is chosen, and of whose children how many are shown.
 */

/** Of children alike so many are shown, and so many more with each click. */
const ALIKE_SHOWN = 12;
const ALIKE_MORE = 200;

/** The tree after a step: what is supervised, who is not, who should be and is not any more.
 * @param {Run} run @param {number} step @param {Wanted} wanted
 * @returns {{title: string, branches: Branch[], more: number}[]} */
function treeAt(run, step, wanted) {
  const { families } = run;
  const part = (/** @type {string} */ title, /** @type {Kin} */ kin) => {
    const { shown, more } = some(run, step, kin, title, wanted);
    return { title, branches: shown.map((who) => branchOf(run, step, who, wanted)), more };
  };
  return [
    part("", families.roots),
    part("not supervised", families.others),
    part("orphans: alive, though their supervisor is not", families.orphans),
  ].filter(({ branches }) => branches.length > 0);
}

/** The first of some, whoever is chosen among them, and how many more there are.
 * @param {Run} run @param {number} step @param {Kin} kin @param {string} key @param {Wanted} wanted
 * @returns {{shown: number[], more: number}} */
function some(run, step, kin, key, wanted) {
  const count = kin.count(step);
  const most = wanted.open.get(key) ?? ALIKE_SHOWN;
  const shown = kin.first(step, count > most + 4 ? most : count);
  const { who } = wanted;
  if (shown.length < count && kin.has(who) && !shown.includes(who) && run.lives(who, step)) shown.push(who);
  return { shown, more: count - shown.length };
}

/** @param {Run} run @param {number} step @param {number} who @param {Wanted} wanted @returns {Branch} */
function branchOf(run, step, who, wanted) {
  const person = run.people[who];
  const look = /** @type {Look} */ (run.lookAt(who, step));
  const key = person.name;
  const kin = run.families.below.get(who) ?? new Kin([]);
  const { shown, more } = look.c ? listed(run, step, look.c, kin, key, wanted) : some(run, step, kin, key, wanted);
  const below = shown.map((child) => (typeof child === "number" ? branchOf(run, step, child, wanted) : child));
  const registered = look.r === null ? "" : run.text(look.r);
  const note = registered !== "" && registered !== person.label ? registered : "";
  return { who, name: person.name, note, badges: badgesOf(run, step, who, look), gone: "", below, more, key };
}

/** The children that a supervisor has in its table, which is never long, and whom it has just started: he is not in the
 * table yet, and stands where his place is.
 * @param {Run} run @param {number} step @param {[number, number, number][]} table @param {Kin} kin @param {string} key
 * @param {Wanted} wanted @returns {{shown: (number | Branch)[], more: number}} */
function listed(run, step, table, kin, key, wanted) {
  const known = new Set(table.map(([, child]) => child));
  const started = kin.first(step, table.length + ALIKE_SHOWN).filter((child) => !known.has(child));
  /** @type {(number | Branch)[]} */
  const all = table.map(([id, child, again]) => {
    if (child >= 0 && run.lives(child, step)) return child;
    const isOfThis = (/** @type {number} */ who) => (child >= 0
      ? run.people[who].base === run.people[child].base : run.people[who].label === run.text(id));
    const at = started.findIndex(isOfThis);
    return at < 0 ? missing(run, id, child, again) : started.splice(at, 1)[0];
  });
  all.push(...started);
  const most = wanted.open.get(key) ?? ALIKE_SHOWN;
  if (all.length <= most + 4) return { shown: all, more: 0 };
  const shown = all.filter((child, nth) => nth < most || child === wanted.who);
  return { shown, more: all.length - shown.length };
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
    /** @type {Map<string, number>} */
    this.open = new Map();
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
    for (const { title, branches, more } of treeAt(run, step, { who: chosen, open: this.open })) {
      if (title !== "") rows.push(made("div", { class: "tree-title", role: "presentation" }, title));
      branches.forEach((branch, index) => this.put(branch, [], index === branches.length - 1, chosen, rows, run, step));
      if (more > 0) rows.push(this.moreOf(more, title, 0));
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
    if (branch.more > 0) rows.push(this.moreOf(branch.more, branch.key, depth + 1));
  }

  /** The line that stands for those who are not shown. @param {number} count @param {string} key @param {number} depth */
  moreOf(count, key, depth) {
    const more = made("div", {
      class: "more", role: "treeitem", tabindex: "-1", "aria-level": String(depth + 1), "aria-selected": "false",
    }, `… ${grouped(count)} more`);
    more.style.marginLeft = `${depth * 1.1}em`;
    more.addEventListener("click", () => {
      this.open.set(key, (this.open.get(key) ?? ALIKE_SHOWN) + ALIKE_MORE);
      this.again();
    });
    return more;
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
