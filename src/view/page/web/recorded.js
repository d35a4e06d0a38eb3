// @ts-check
// A recorded run, decoded: who lived, what happened and what it follows from, what everybody looked like when.
// It knows nothing of drawing.

/**
 * @typedef {[string, string]} Said  How it is meant, and what it says.
 * @typedef {[number, number, number, number, number]} RawPerson
 * @typedef {{k: number, s: number, r: number | null, x: number, m: number[], l: number[], o: number[], w: number[],
 *   c: [number, number, number][] | null, i: [number, number] | null, h: number[][]}} Look
 *   A look is told in letters: kind, state, registered, traps exits, mailbox, links, monitors, watchers, children,
 *   intensity, and what is held in memory.
 * @typedef {{step: number, what: string, then: string}} Fork
 * @typedef {{name: string, note: string, verdict: string, broken: boolean, why: Said[], failure: number | null,
 *   decides: number | null, slice: {steps: number[], events: number[]} | null, fork: Fork[] | null,
 *   kinds: string[], people: RawPerson[], events: number[][], looks: [number, number, number | null][], faces: string[],
 *   steps: [number, number, [number, number][], number][], left_out: number, strings: string[]}} RawRun
 * @typedef {{version: string, title: string, told: Said[], runs: RawRun[], beside: number | null, live: boolean}} Data
 * @typedef {{name: string, base: string, label: string, parent: number, dynamic: boolean, supervisor: boolean,
 *   client: boolean, boot: boolean, birth: number, death: number}} Person
 */

/** The kinds of events, in the order in which the page is told of them. */
const KIND = {
  birth: 0, death: 1, sent: 2, arrived: 3, took: 4, restart: 5, givingUp: 6, decision: 7, note: 8, time: 9,
  shared: 10, unsent: 11, fault: 12,
};

/** @param {string} text @returns {Look} */
function faceOf(text) {
  const [k, s, r, x, m, l, o, w, c, i, h] = JSON.parse(text);
  return { k, s, r, x, m, l, o, w, c, i, h };
}

class Run {
  /** @param {RawRun} raw */
  constructor(raw) {
    this.raw = raw;
    const text = raw.strings;
    /** @type {Person[]} */
    this.people = raw.people.map(([name, base, label, parent, flags]) => ({
      name: text[name], base: text[base], label: text[label], parent, dynamic: (flags & 1) > 0,
      supervisor: (flags & 2) > 0, client: (flags & 4) > 0, boot: (flags & 8) > 0, birth: 0, death: -1,
    }));
    const count = raw.events.length;
    this.count = count;
    this.step = new Int32Array(count + 1);
    this.at = new Float64Array(count + 1);
    this.who = new Int32Array(count + 1);
    this.kind = new Uint8Array(count + 1);
    this.peer = new Int32Array(count + 1);
    this.words = new Int32Array(count + 1);
    this.flags = new Uint8Array(count + 1);
    /** What its process did before; 0 if nothing. Events are numbered from 1. */
    this.before = new Int32Array(count + 1);
    /** Where the causes of each begin in the list of all. */
    this.causesBegin = new Int32Array(count + 2);
    this.causesList = new Int32Array(raw.events.reduce((sum, row) => sum + row.length - 8, 0));
    let causes = 0;
    raw.events.forEach((row, index) => {
      const event = index + 1;
      const who = row[2];
      this.step[event] = row[0];
      this.at[event] = row[1];
      this.who[event] = who;
      this.kind[event] = row[3];
      this.peer[event] = row[4];
      this.words[event] = row[5];
      this.flags[event] = row[6];
      this.before[event] = row[7];
      this.causesBegin[event] = causes;
      for (let place = 8; place < row.length; place++) this.causesList[causes++] = row[place];
      if (who < 0) return;
      if (row[3] === KIND.birth) this.people[who].birth = event;
      if (row[3] === KIND.death) this.people[who].death = event;
    });
    this.causesBegin[count + 1] = causes;
    this.steps = raw.steps.length;
    /** @type {{steps: number[], looks: (Look | null)[]}[]} */
    this.looks = this.people.map(() => ({ steps: [], looks: [] }));
    const faces = raw.faces.map(faceOf);
    for (const [step, who, face] of raw.looks) {
      if (who < 0) continue;
      this.looks[who].steps.push(step);
      this.looks[who].looks.push(face === null ? null : faces[face]);
    }
    /** @type {Set<number> | null} */
    this.slice = raw.slice ? this.sliced(raw.slice) : null;
    /** Where what follows from each begins in the list of all: made when somebody asks.
     * @type {{begin: Int32Array, list: Int32Array} | null} */
    this.effects = null;
    /** The last cone. @type {{of: number, marks: Uint8Array} | null} */
    this.lastCone = null;
    /** @type {string[] | null} */
    this.low = null;
    this.families = new Families(this);
    /** @type {Map<string, number>} */
    this.called = new Map(this.people.map(({ name }, who) => [name, who]));
    /** All restarts and givings up, and the restarts of each supervisor. @type {number[]} */
    this.turns = [];
    /** @type {Map<number, number[]>} */
    this.restartsOf = new Map();
    for (let event = 1; event <= count; event++) {
      if (this.kind[event] === KIND.restart || this.kind[event] === KIND.givingUp) this.turn(event);
    }
  }

  /** @param {number} event */
  turn(event) {
    this.turns.push(event);
    if (this.kind[event] !== KIND.restart) return;
    const known = this.restartsOf.get(this.who[event]);
    if (known) known.push(event);
    else this.restartsOf.set(this.who[event], [event]);
  }

  /** The number of whoever has this name, or -1. @param {string} name */
  numberOf(name) {
    return this.called.get(name) ?? -1;
  }

  /** The events of the failure's slice.
   * @param {{steps: number[], events: number[]}} slice */
  sliced(slice) {
    const events = new Set(slice.events);
    for (const step of slice.steps) {
      for (let event = this.firstOf(step); event <= this.count && this.step[event] === step; event++) {
        events.add(event);
      }
    }
    return events;
  }

  /** @param {number} number */
  text(number) {
    return this.raw.strings[number] ?? "";
  }

  /** All texts as a search compares them. */
  lowered() {
    this.low ??= this.raw.strings.map((text) => text.toLowerCase());
    return this.low;
  }

  /** What an event says. @param {number} event */
  saying(event) {
    return this.text(this.words[event]);
  }

  /** @param {number} who */
  name(who) {
    return who < 0 ? "" : this.people[who].name;
  }

  /** An event in a sentence. @param {number} event */
  sentence(event) {
    const [who, peer, says] = [this.name(this.who[event]), this.name(this.peer[event]), this.saying(event)];
    switch (this.kind[event]) {
      case KIND.sent: return `${who} → ${peer}: ${says}`;
      case KIND.arrived: return `${who} ← ${peer}: ${says}`;
      case KIND.birth: return peer ? `${who} started by ${peer}` : `${who} started`;
      default: return `${who}: ${says}`;
    }
  }

  /** The first event of this step or of a later one. @param {number} step */
  firstOf(step) {
    let [low, high] = [1, this.count + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.step[middle] < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The events of a step. @param {number} step */
  eventsOf(step) {
    const events = [];
    for (let event = this.firstOf(step); event <= this.count && this.step[event] === step; event++) {
      events.push(event);
    }
    return events;
  }

  /** Virtual time after a step. @param {number} step */
  timeAt(step) {
    const event = this.firstOf(step + 1) - 1;
    return event > 0 ? this.at[event] : 0;
  }

  /** What somebody looked like after a step; null before his birth and after his death.
   * @param {number} who @param {number} step @returns {Look | null} */
  lookAt(who, step) {
    const { steps, looks } = this.looks[who];
    const known = upTo(steps, step);
    return known === 0 ? null : looks[known - 1];
  }

  /** Whether somebody has been born by then, and has not died. @param {number} who @param {number} step */
  lives(who, step) {
    return this.lookAt(who, step) !== null;
  }

  /** What an event follows from beside what its own process did before. @param {number} event */
  causesOf(event) {
    return this.causesList.subarray(this.causesBegin[event], this.causesBegin[event + 1]);
  }

  /** What an event directly follows from. @param {number} event @returns {number[]} */
  follows(event) {
    const before = this.before[event];
    return before > 0 ? [before, ...this.causesOf(event)] : [...this.causesOf(event)];
  }

  /** What directly follows from an event. @param {number} event @returns {number[]} */
  leadsTo(event) {
    this.effects ??= this.turnedRound();
    const { begin, list } = this.effects;
    return [...list.subarray(begin[event], begin[event + 1])];
  }

  turnedRound() {
    const { count, before, causesBegin, causesList } = this;
    const begin = new Int32Array(count + 2);
    for (let event = 1; event <= count; event++) if (before[event] > 0) begin[before[event] + 1]++;
    for (const cause of causesList) begin[cause + 1]++;
    for (let event = 1; event <= count + 1; event++) begin[event] += begin[event - 1];
    const [list, next] = [new Int32Array(begin[count + 1]), begin.slice()];
    for (let event = 1; event <= count; event++) {
      if (before[event] > 0) list[next[before[event]]++] = event;
      for (let at = causesBegin[event]; at < causesBegin[event + 1]; at++) list[next[causesList[at]]++] = event;
    }
    return { begin, list };
  }

  /** Everything that an event follows from, marked 1, and everything that follows from it, marked 2; itself 3. Causes
   * come before what follows from them, so each is asked once.
   * @param {number} event */
  cone(event) {
    if (this.lastCone?.of === event) return this.lastCone.marks;
    const { count, before, causesBegin, causesList } = this;
    const marks = new Uint8Array(count + 1);
    marks[event] = 3;
    for (let past = event; past > 0; past--) {
      if (marks[past] === 0) continue;
      if (before[past] > 0) marks[before[past]] = 1;
      for (let at = causesBegin[past]; at < causesBegin[past + 1]; at++) marks[causesList[at]] = 1;
    }
    for (let future = event + 1; future <= count; future++) {
      let follows = marks[before[future]] >= 2;
      for (let at = causesBegin[future]; at < causesBegin[future + 1] && !follows; at++) follows = marks[causesList[at]] >= 2;
      if (follows) marks[future] = 2;
    }
    this.lastCone = { of: event, marks };
    return marks;
  }

  /** The restarts of a supervisor that count after a step, and the intensity.
   * @param {number} who @param {number} step @returns {[number, number, number] | null} */
  intensity(who, step) {
    const look = this.lookAt(who, step);
    if (!look || !look.i) return null;
    const [most, period] = look.i;
    const since = this.timeAt(step) - period * 1000;
    const all = this.restartsOf.get(who) ?? [];
    let [used, last] = [0, upTo(all, this.firstOf(step + 1) - 1)];
    while (last > 0 && this.at[all[last - 1]] >= since) [used, last] = [used + 1, last - 1];
    return [used, most, period];
  }

  /** The first step in which two runs differ, from 1; 0 if one is the beginning of the other.
   * @param {Run} other */
  differsFrom(other) {
    const length = Math.min(this.steps, other.steps);
    for (let step = 1; step <= length; step++) {
      if (this.line(step) !== other.line(step)) return step;
    }
    return this.steps === other.steps ? 0 : length + 1;
  }

  /** What a schedule calls the choice of a step. @param {number} step */
  line(step) {
    const row = this.raw.steps[step - 1];
    return row ? this.text(row[0]) : "";
  }

  /** The choice of a step in a sentence. @param {number} step */
  choice(step) {
    const row = this.raw.steps[step - 1];
    return row ? this.text(row[1]) : "";
  }

  /** What else could have happened in a step. @param {number} step
   * @returns {{others: {line: string, words: string}[], more: number}} */
  others(step) {
    const row = this.raw.steps[step - 1];
    if (!row) return { others: [], more: 0 };
    return { others: row[2].map(([line, words]) => ({ line: this.text(line), words: this.text(words) })), more: row[3] };
  }
}
