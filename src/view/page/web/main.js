// @ts-check
// The page: one cursor over tree, lanes and process, moved by keys and mouse; the place of it stands in the address.

/** @param {string} id */
function by(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
/** @param {string} id */
function input(id) {
  return /** @type {HTMLInputElement} */ (by(id));
}

class View {
  /** @param {Data} data */
  constructor(data) {
    this.data = data;
    this.runs = data.runs.map((raw) => new Run(raw));
    this.at = 0;
    this.beside = -1;
    this.step = 0;
    this.event = 0;
    this.who = -1;
    this.light = "slice";
    /** @type {Wish} */
    this.wish = { fold: true, only: -1, hidden: new Set(), query: "", filter: false, open: new Set() };
    this.isOnly = false;
    this.then = "calm";
    /** How each run was made; nothing for those that came with the page. @type {Fork[][]} */
    this.forks = this.runs.map((run) => run.raw.fork ?? []);
    this.engineBusy = false;
    /** When the address is to be written. */
    this.addressing = 0;
    /** For so many lanes there is room: of more, those are folded that the failure does not depend on. */
    this.most = Infinity;
    /** The first step in which the run beside is another, or 0. */
    this.differs = 0;
    const pick = (/** @type {number} */ event, /** @type {number} */ who) => this.pick(event, who);
    this.pane = new Pane(by("lanes"), "what happened", pick, (lane) => this.laneClicked(lane));
    this.other = new Pane(by("lanes-beside"), "what happened in the run beside", (event) => {
      this.swap();
      this.pick(event, this.run.who[event]);
    }, (lane) => this.laneClicked(lane));
    this.tree = new Tree(by("tree"), (who) => this.choose(who));
    this.page = new ProcessPage(by("page"), {
      pick: (event) => this.pick(event, this.run.who[event]),
      choose: (who) => this.choose(who),
      next: (into) => this.showNext(into),
      acts: (into, who) => {
        if (this.data.live) showActs(into, this.run, this.step, who, (...fork) => void this.fork(...fork));
      },
    });
    document.body.append(arrowheads());
  }

  get run() {
    return this.runs[this.at];
  }

  // ---- what is shown ----

  /** Lanes and rows anew: another run, or another wish. */
  rebuild() {
    this.wish.only = this.isOnly ? this.who : -1;
    const other = this.beside >= 0 ? this.runs[this.beside] : null;
    this.differs = other ? this.run.differsFrom(other) : 0;
    this.showTold();
    this.showRuns();
    by("lanes-beside").hidden = !other;
    by("main").classList.toggle("two", other !== null);
    this.pane.name(other ? `${this.run.raw.name}: ${this.run.raw.verdict}` : "");
    this.pane.element.classList.toggle("broken", this.run.raw.broken);
    this.other.name(other ? `${other.raw.name}: ${other.raw.verdict}` : "");
    this.pane.measure();
    this.most = this.pane.lanesAtOnce();
    this.scene = this.sceneOf(this.run, this.wish);
    this.sceneBeside = null;
    if (other) {
      const only = this.wish.only < 0 ? -1 : other.numberOf(this.run.name(this.wish.only));
      this.sceneBeside = this.sceneOf(other, { ...this.wish, only });
    }
    this.refresh(true);
  }

  /** @param {Run} run @param {Wish} wish @returns {Scene} */
  sceneOf(run, wish) {
    const sliced = [run, this.run].find(({ slice }) => slice !== null);
    const kept = sliced ? new Set([...sliced.slice ?? []].map((event) => sliced.name(sliced.who[event]))) : null;
    const lanes = new Lanes(run, wish, kept, this.most);
    const rows = new Rows(run, lanes, wish, finderOf(run, wish));
    return { run, lanes, rows, lit: null, cursor: -1, chosen: -1, selected: 0, marks: [], time: timeColumn(run) };
  }

  /** What is looked for has changed. Rows depend on it only if nothing else is to be shown. */
  search() {
    if (this.wish.filter) return this.rebuild();
    for (const scene of [this.scene, this.sceneBeside]) scene?.rows.look(finderOf(scene.run, this.wish));
    this.refresh(false);
  }

  /** All that the cursor moves. @param {boolean} centred */
  refresh(centred) {
    const { run } = this;
    const scene = /** @type {Scene} */ (this.scene);
    this.pane.measure();
    this.other.measure();
    this.fill(scene, this.event, this.who, this.step);
    this.pane.show(scene, this.pane.placeOf(scene.cursor, centred));
    if (this.sceneBeside) {
      const beside = this.sceneBeside;
      this.fill(beside, 0, beside.run.numberOf(run.name(this.who)), Math.min(this.step, beside.run.steps));
      // Both cursors stand at one height, as far as both are in sight then.
      const level = this.pane.room.top + (beside.cursor - scene.cursor) * ROW;
      this.other.show(beside, this.other.placeOf(beside.cursor, false, level));
    }
    this.tree.show(run, this.step, this.who);
    by("tree-title").textContent = `tree after step ${grouped(this.step)}`;
    const row = scene.rows.list[scene.cursor];
    const event = this.event > 0 ? this.event : row && run.step[row.took || row.arrived || row.main] === this.step
      ? row.took || row.arrived || row.main : 0;
    this.page.show(run, this.step, event, this.who);
    this.showBar();
    // Browsers refuse an address that changes too often.
    clearTimeout(this.addressing);
    this.addressing = setTimeout(() => this.writeAddress(), 150);
  }

  /** @param {Scene} scene @param {number} event @param {number} who @param {number} step */
  fill(scene, event, who, step) {
    const { run, rows } = scene;
    scene.cursor = event > 0 && rows.of[event] >= 0 ? rows.of[event] : rows.atStep(step);
    scene.chosen = who;
    scene.selected = event;
    scene.lit = null;
    if (this.light === "cause" && event > 0) scene.lit = run.cone(event);
    else if (this.light === "slice" && run.slice) scene.lit = run.slice;
    scene.marks = [];
    const mark = (/** @type {number | null} */ at, /** @type {string} */ kind, /** @type {string} */ words) => {
      if (at !== null && at > 0) scene.marks.push({ row: rowAfter(rows, run.firstOf(at)), kind, words });
    };
    const differs = this.differs > 0 && this.beside >= 0;
    if (differs) mark(this.differs, "differs", "first difference");
    else mark(run.raw.decides, "decides", "this decides");
    if (run.raw.failure !== null) {
      scene.marks.push({ row: rows.atStep(run.raw.failure), kind: "failure", words: "" });
    }
  }

  /** Of the run that the page opens with it is told why it fails; of any other what it comes to. */
  showTold() {
    const told = by("told");
    document.title = this.data.title;
    const { raw } = this.run;
    /** @type {Said[]} */
    const own = raw.why.length > 0 ? raw.why : [["plain", `${raw.name}: ${raw.verdict}`]];
    // What is broken, and what makes it so: each by itself, apart by an empty line.
    let part = made("div", { class: "said-part" });
    const parts = [part];
    for (const [tone, text] of this.at === 0 ? this.data.told : own) {
      if (text.trim() === "" && part.childElementCount > 0) parts.push(part = made("div", { class: "said-part" }));
      if (text.trim() !== "") part.append(saidLine(tone, text));
    }
    told.replaceChildren(...parts);
  }

  showRuns() {
    const tabs = this.runs.map((run, index) => {
      const chosen = index === this.at;
      const tab = made("button", {
        class: `run${chosen ? " chosen" : ""}${run.raw.broken ? " broken" : ""}`,
        "aria-pressed": String(chosen), title: run.raw.note,
      });
      tab.append(made("span", { class: "run-name" }, run.raw.name), made("span", { class: "verdict" }, run.raw.verdict));
      tab.addEventListener("click", () => this.open(index));
      return tab;
    });
    const beside = made("label", { class: "beside-label" }, "beside ");
    const list = made("select", { id: "beside", "aria-label": "the run beside" });
    list.append(made("option", { value: "-1" }, "nothing"));
    this.runs.forEach((run, index) => {
      if (index !== this.at) list.append(made("option", { value: String(index) }, `${run.raw.name}: ${run.raw.verdict}`));
    });
    /** @type {HTMLSelectElement} */ (list).value = String(this.beside);
    list.addEventListener("change", () => {
      this.beside = Number(/** @type {HTMLSelectElement} */ (list).value);
      this.rebuild();
    });
    beside.append(list);
    const extra = [];
    if (this.runs.length > 1) extra.push(beside);
    if (this.data.live) extra.push(button("save the schedule", "write the schedule of this run to a file", () => this.save()));
    by("runs").replaceChildren(...tabs, ...extra);
    by("runs").append(made("span", { class: "note" }, this.run.raw.note));
  }

  showBar() {
    const { run } = this;
    by("where").textContent = `step ${grouped(this.step)} of ${grouped(run.steps)}`;
    const scrub = input("scrub");
    scrub.max = String(run.steps);
    scrub.value = String(this.step);
    scrub.setAttribute("aria-valuetext", `step ${this.step} of ${run.steps}, ${run.timeAt(this.step)} ms`);
    const scene = /** @type {Scene} */ (this.scene);
    by("found").textContent = this.wish.query === "" ? "" : `${grouped(scene.rows.matches)} found`;
    input("fold").checked = this.wish.fold;
    input("only").checked = this.isOnly;
    input("filter").checked = this.wish.filter;
    if (document.activeElement !== by("find")) input("find").value = this.wish.query;
    by("only-name").textContent = this.who < 0 ? "this one" : run.name(this.who);
    input("only").disabled = /** @type {HTMLButtonElement} */ (by("hide")).disabled = this.who < 0;
    const hidden = this.wish.hidden.size;
    by("unhide").hidden = hidden === 0;
    by("unhide").textContent = `show ${hidden} hidden`;
    /** @type {HTMLButtonElement} */ (by("to-failure")).disabled = run.raw.failure === null;
    /** @type {HTMLButtonElement} */ (by("to-decision")).disabled = run.raw.decides === null && this.differs === 0;
    const said = [];
    if (scene.rows.folded > 0) said.push(`${grouped(scene.rows.folded)} of ${grouped(run.count)} events folded`);
    if (scene.lanes.foldedPeople > 0) said.push(`${grouped(scene.lanes.foldedPeople)} processes folded`);
    if (run.raw.left_out > 0) said.push(`${grouped(run.raw.left_out)} later events are not in this page`);
    if (this.light === "slice" && run.slice) said.push("dimmed: what the failure does not depend on (l)");
    if (this.light === "cause" && this.event > 0) said.push("lit: past and future of the chosen event (Esc)");
    by("folded").textContent = said.join(" · ");
  }

  /** @param {HTMLElement} into */
  showNext(into) {
    const knows = {
      live: this.data.live && !this.engineBusy,
      opens: (/** @type {number} */ step, /** @type {string} */ line) => this.forks.findIndex((forks) => {
        const [first] = forks;
        return this.at === 0 && forks.length === 1 && first.step === step && first.what === line;
      }),
    };
    const on = {
      pick: (/** @type {number} */ step, /** @type {string} */ what) => void this.fork(step, what),
      open: (/** @type {number} */ run) => this.open(run),
    };
    showInstead(into, this.run, this.step, knows, on);
    showNext(into, this.run, this.step, knows, on);
    if (this.data.live) into.append(goingOn(this.then, (then) => { this.then = then; }));
  }

  // ---- what the reader does ----

  /** @param {number} event @param {number} who */
  pick(event, who) {
    this.event = event;
    this.step = this.run.step[event];
    this.light = "cause";
    if (who >= 0) this.who = who;
    this.afterChoice();
    this.say();
  }

  /** @param {number} who */
  choose(who) {
    this.who = who;
    this.afterChoice();
    const scene = /** @type {Scene} */ (this.scene);
    if (who >= 0) this.pane.revealLane(scene.lanes.of[who]);
  }

  /** What is shown of only one process follows the choice. */
  afterChoice() {
    if (this.isOnly && this.wish.only !== this.who) this.rebuild();
    else this.refresh(false);
  }

  /** @param {Lane} lane */
  laneClicked(lane) {
    if (lane.folded > 0) {
      this.wish.open.add(lane.key);
      this.rebuild();
      return;
    }
    const alive = lane.lives.filter((who) => this.run.lives(who, this.step));
    this.choose(alive[0] ?? lane.lives[lane.lives.length - 1]);
  }

  /** @param {number} step @param {boolean} [centred] */
  go(step, centred = false) {
    this.step = Math.max(0, Math.min(step, this.run.steps));
    this.event = 0;
    if (this.light === "cause") this.light = "slice";
    this.refresh(centred);
    this.say();
  }

  /** To another row. @param {number} by */
  row(by) {
    const { rows } = /** @type {Scene} */ (this.scene);
    const now = /** @type {Scene} */ (this.scene).cursor;
    const to = Math.max(0, Math.min(now + by, rows.list.length - 1));
    if (rows.list.length === 0) return;
    const keeps = this.light === "cause" && this.event > 0;
    const row = rows.list[to];
    this.step = rows.stepOf(to);
    this.event = keeps || rows.atStep(this.step) !== to ? row.took || row.arrived || row.main : 0;
    this.refresh(false);
    this.say();
  }

  say() {
    const scene = /** @type {Scene} */ (this.scene);
    const row = scene.rows.list[scene.cursor];
    const event = this.event > 0 ? this.event : row ? row.arrived || row.main : 0;
    by("said").textContent = event > 0 ? `step ${this.step}: ${this.run.sentence(event)}` : `step ${this.step}`;
  }

  toFailure() {
    if (this.run.raw.failure !== null) this.go(this.run.raw.failure, true);
  }

  toDecision() {
    const step = this.differs > 0 ? this.differs : this.run.raw.decides;
    if (step !== null && step > 0) this.go(step, true);
  }

  toRestart() {
    const { turns } = this.run;
    // After the last comes the first.
    const next = turns[upTo(turns, this.run.firstOf(this.step + 1) - 1)] ?? turns[0];
    if (next !== undefined) return this.pickRestart(next);
    by("said").textContent = "nothing is restarted in this run";
    by("found").textContent = "no restart";
  }

  /** @param {number} event */
  pickRestart(event) {
    this.event = event;
    this.step = this.run.step[event];
    this.who = this.run.who[event];
    this.refresh(true);
    this.say();
  }

  /** To the next row with what is looked for. @param {number} by */
  find(by) {
    const { rows, cursor } = /** @type {Scene} */ (this.scene);
    const { found, finder } = rows;
    if (!finder || found.length === 0) return;
    const at = by > 0 ? upTo(found, cursor) : upTo(found, cursor - 1) - 1;
    const row = rows.list[found[(at + found.length) % found.length]];
    const event = [row.main, row.arrived, row.took].find((event) => event > 0 && finder.has(event)) ?? row.main;
    this.event = event;
    this.step = this.run.step[event];
    this.refresh(false);
    this.say();
  }

  /** @param {number} index */
  open(index) {
    if (index === this.at || !this.runs[index]) return;
    const name = this.run.name(this.who);
    if (index === this.beside) this.beside = this.at;
    this.at = index;
    this.who = this.run.numberOf(name);
    this.event = 0;
    this.step = Math.min(this.step, this.run.steps);
    this.rebuild();
  }

  swap() {
    if (this.beside >= 0) this.open(this.beside);
  }

  hide() {
    const scene = /** @type {Scene} */ (this.scene);
    const lane = this.who < 0 ? undefined : scene.lanes.list[scene.lanes.of[this.who]];
    if (!lane) return;
    this.wish.hidden.add(lane.key);
    this.rebuild();
  }

  // ---- forks ----

  /** @param {number} step @param {string} what */
  async fork(step, what) {
    if (this.engineBusy) return;
    // Where the run is over nothing can happen any more: it is forked a step earlier.
    const at = Math.max(0, Math.min(step, this.run.steps - 1));
    await this.take([...this.forks[this.at], { step: at, what, then: this.then }], at + 1, this.at);
  }

  /** @param {Fork[]} forks @param {number} step @param {number} beside The run that is to stand beside it. */
  async take(forks, step, beside) {
    this.engineBusy = true;
    by("found").textContent = "running…";
    try {
      const raw = await ask("fork", { forks });
      this.runs.push(new Run(raw));
      this.forks.push(forks);
      this.beside = beside;
      this.at = this.runs.length - 1;
      this.event = 0;
      this.who = -1;
      this.step = Math.min(step, this.run.steps);
      this.light = "slice";
      this.rebuild();
      by("said").textContent = `${this.run.raw.name}: ${this.run.raw.verdict}`;
    } catch (error) {
      this.complain(error);
    }
    this.engineBusy = false;
    this.refresh(false);
  }

  async save() {
    try {
      const { path, again } = await ask("save", { forks: this.forks[this.at] });
      by("found").textContent = `saved: ${path}`;
      by("said").textContent = `saved: ${again}`;
    } catch (error) {
      this.complain(error);
    }
  }

  /** @param {unknown} error */
  complain(error) {
    const words = error instanceof Error ? error.message : String(error);
    const told = made("dialog", { class: "complaint", "aria-label": "It could not be done" });
    const close = button("close", "close", () => told.remove());
    told.append(made("p", {}, words), close);
    document.body.append(told);
    /** @type {HTMLDialogElement} */ (told).showModal();
  }

  // ---- the address ----

  writeAddress() {
    history.replaceState(null, "", written(this.place()));
  }

  /** @returns {Place} */
  place() {
    return {
      run: this.at, step: this.step, event: this.event, who: this.run.name(this.who), beside: this.beside,
      light: this.light, fold: this.wish.fold, only: this.isOnly, filter: this.wish.filter, query: this.wish.query,
      hidden: [...this.wish.hidden], forks: this.data.live ? this.forks[this.at] : [],
    };
  }

  /** @param {Partial<Place>} place */
  goTo(place) {
    this.at = place.run !== undefined && this.runs[place.run] ? place.run : 0;
    const wide = window.innerWidth >= 1500;
    const usual = this.at === 0 && wide && this.data.beside !== null ? this.data.beside : -1;
    this.beside = place.beside !== undefined && this.runs[place.beside] && place.beside !== this.at ? place.beside : usual;
    if (place.step !== undefined && place.beside === undefined) this.beside = -1;
    this.wish.fold = place.fold ?? true;
    this.wish.filter = place.filter ?? false;
    this.wish.query = place.query ?? "";
    this.wish.hidden = new Set(place.hidden ?? []);
    this.light = place.light ?? "slice";
    this.isOnly = place.only ?? false;
    this.who = place.who === undefined ? -1 : this.run.numberOf(place.who);
    const { raw } = this.run;
    const opening = raw.decides ?? raw.failure ?? this.run.steps;
    this.step = Math.min(place.step ?? opening, this.run.steps);
    this.event = Math.min(place.event ?? 0, this.run.count);
    if (place.who === undefined && place.step === undefined && raw.decides !== null) {
      this.who = this.run.who[this.run.firstOf(raw.decides)] ?? -1;
    }
    this.rebuild();
    if (place.forks && place.forks.length > 0 && this.data.live) void this.take(place.forks, this.step, this.beside < 0 ? this.at : this.beside);
  }
}

/** @param {Run} run @param {Wish} wish */
function finderOf(run, wish) {
  return wish.query === "" ? null : new Finder(run, wish.query);
}

/** A line of what is said above the page. @param {string} tone @param {string} text */
function saidLine(tone, text) {
  const line = made("p", { class: `said ${tone}` });
  if (text.length - text.trimStart().length > 2) line.classList.add("in");
  const code = text.trim().match(/^code: (.*)$/);
  if (code) line.append(made("span", { class: "faint" }, "code: "), made("code", {}, code[1]));
  else line.textContent = text.trim();
  return line;
}

function start() {
  const text = by("data").textContent ?? "{}";
  const view = new View(JSON.parse(text));
  by("data").remove();
  fillHelp();
  listen(view);
  view.goTo(read(location.hash));
  document.documentElement.dataset.ready = "yes";
  return view;
}

const view = start();
