// @ts-check
// The column at the right: the chosen event with what it follows from and leads to, what happens next, and the chosen
// process as Observer shows it.

class ProcessPage {
  /** @param {HTMLElement} element @param {{pick: (event: number) => void, choose: (who: number) => void,
   *   next: (into: HTMLElement) => void, acts: (into: HTMLElement, who: number) => void}} on */
  constructor(element, on) {
    this.element = element;
    this.on = on;
  }

  /** @param {Run} run @param {number} step @param {number} event @param {number} who */
  show(run, step, event, who) {
    const parts = [];
    if (event > 0) parts.push(this.eventPart(run, event));
    const next = made("section", { class: "part" });
    this.on.next(next);
    if (next.childElementCount > 0) parts.push(next);
    if (who >= 0) parts.push(this.processPart(run, step, who));
    else parts.push(made("p", { class: "part faint" }, "A process is chosen in the tree, an event with a click on it."));
    const focused = this.element.contains(document.activeElement);
    this.element.replaceChildren(...parts);
    // Whoever has followed a link by key goes on from here.
    if (focused) this.element.focus({ preventScroll: true });
  }

  /** @param {Run} run @param {number} event */
  eventPart(run, event) {
    const part = made("section", { class: "part" });
    const title = made("h2", {}, `step ${grouped(run.step[event])}, ${grouped(run.at[event])} ms`);
    part.append(title, made("p", { class: "event-words" }, run.sentence(event)));
    const same = run.eventsOf(run.step[event]).filter((other) => other !== event);
    this.list(part, run, "follows from", run.follows(event).filter((other) => !same.includes(other)));
    this.list(part, run, "leads to", run.leadsTo(event).filter((other) => !same.includes(other)));
    this.list(part, run, "in the same step", same);
    return part;
  }

  /** @param {HTMLElement} into @param {Run} run @param {string} title @param {number[]} events */
  list(into, run, title, events) {
    if (events.length === 0) return;
    into.append(made("h3", {}, title));
    const list = made("ul", { class: "events" });
    for (const event of events.slice(0, 12)) {
      const item = made("li");
      const link = made("button", { class: "link" }, run.sentence(event));
      link.addEventListener("click", () => this.on.pick(event));
      item.append(made("span", { class: "faint" }, `${grouped(run.step[event])} `), link);
      list.append(item);
    }
    if (events.length > 12) list.append(made("li", { class: "faint" }, `… ${grouped(events.length - 12)} more`));
    into.append(list);
  }

  /** @param {Run} run @param {number} step @param {number} who */
  processPart(run, step, who) {
    const person = run.people[who];
    const part = made("section", { class: "part", "aria-label": person.name });
    part.append(made("h2", { class: "process-name" }, person.name));
    const look = run.lookAt(who, step);
    if (!look) {
      const died = person.death > 0 && run.step[person.death] <= step;
      const words = died ? `${run.saying(person.death)} (step ${run.step[person.death]})` : "not born yet";
      part.append(made("p", { class: died ? "gone" : "faint" }, words));
      const jump = died ? person.death : person.birth;
      const link = made("button", { class: "link" }, died ? "to its end" : "to its birth");
      link.addEventListener("click", () => this.on.pick(jump));
      part.append(link);
      return part;
    }
    const rows = made("dl");
    /** @param {string} head @param {Node[]} values */
    const row = (head, values) => {
      const value = made("dd");
      if (values.length === 0) value.append(made("span", { class: "faint" }, "–"));
      value.append(...values);
      rows.append(made("dt", {}, head), value);
    };
    const plain = (/** @type {string} */ text) => [made("span", {}, text)];
    row("type", plain(run.text(look.k)));
    row("state", plain(run.text(look.s)));
    for (const [name, count, ...entries] of look.h) row(run.text(name), memoryOf(run, count, entries));
    if (look.r !== null) row("registered", plain(run.text(look.r)));
    const restarts = run.intensity(who, step);
    if (restarts) row("restarts", plain(`${restarts[0]} of ${restarts[1]} in ${restarts[2]} s`));
    row("traps exits", plain(look.x ? "yes" : "no"));
    row("mailbox", mailOf(run, look));
    row("links", this.people(run, look.l));
    row("monitors", this.people(run, look.o));
    row("monitored by", this.people(run, look.w));
    if (look.c) row("children", this.children(run, step, look.c));
    row("ancestors", this.people(run, [0, ...ancestorsOf(run, who)]));
    part.append(rows);
    this.on.acts(part, who);
    return part;
  }

  /** @param {Run} run @param {number} step @param {[number, number, number][]} children @returns {Node[]} */
  children(run, step, children) {
    return children.map(([id, who, again]) => {
      if (who >= 0 && run.lives(who, step)) return this.people(run, [1, who])[0];
      return made("span", { class: "gone" }, `${run.text(id)}: ${again ? "will be tried again" : "not running"} `);
    });
  }

  /** @param {Run} run @param {number[]} counted How many, and the first of them. @returns {Node[]} */
  people(run, [count, ...first]) {
    const links = first.filter((who) => who >= 0).map((who) => {
      const link = made("button", { class: "link" }, run.name(who));
      link.addEventListener("click", () => this.on.choose(who));
      return link;
    });
    const more = count - first.length;
    return more > 0 ? [...links, made("span", { class: "faint" }, `… ${grouped(more)} more`)] : links;
  }
}

/** @param {Run} run @param {Look} look @returns {Node[]} */
function mailOf(run, look) {
  const [count, ...first] = look.m;
  if (count === 0) return [];
  const list = made("ol", { class: "mail" });
  for (const text of first) list.append(made("li", {}, run.text(text)));
  const more = count - first.length;
  if (more > 0) list.append(made("li", { class: "faint" }, `… ${grouped(more)} more`));
  return [made("span", {}, grouped(count)), list];
}

/** A value, or the entries of a table. @param {Run} run @param {number | null} count @param {number[]} entries
 * @returns {Node[]} */
function memoryOf(run, count, entries) {
  if (count === null) return [made("code", {}, run.text(entries[0]))];
  if (count === 0) return [];
  const list = made("ul", { class: "memory" });
  for (const entry of entries) list.append(made("li", {}, run.text(entry)));
  if (count > entries.length) list.append(made("li", { class: "faint" }, `… ${grouped(count - entries.length)} more`));
  return [list];
}

/** @param {Run} run @param {number} who */
function ancestorsOf(run, who) {
  const ancestors = [];
  for (let above = run.people[who].parent; above >= 0 && !run.people[above].boot; above = run.people[above].parent) {
    ancestors.push(above);
  }
  return ancestors;
}
