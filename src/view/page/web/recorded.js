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
    /** @type {number[][]} */
    this.causes = [[]];
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
      this.causes.push(row.slice(8));
      if (who < 0) return;
      if (row[3] === KIND.birth) this.people[who].birth = event;
      if (row[3] === KIND.death) this.people[who].death = event;
    });
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
    /** @type {number[] | null} */
    this.effectsBegin = null;
    /** @type {Int32Array | null} */
    this.effectsList = null;
    /** @type {Map<number, number[]> | null} */
    this.restartsOf = null;
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
    let [low, high] = [0, steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle] <= step) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : looks[low - 1];
  }

  /** Whether somebody has been born by then, and has not died. @param {number} who @param {number} step */
  lives(who, step) {
    return this.lookAt(who, step) !== null;
  }

  /** What an event directly follows from. @param {number} event @returns {number[]} */
  follows(event) {
    const before = this.before[event];
    return before > 0 ? [before, ...this.causes[event]] : this.causes[event];
  }

  /** What directly follows from an event. @param {number} event @returns {number[]} */
  leadsTo(event) {
    if (!this.effectsBegin || !this.effectsList) this.turnRound();
    const [begin, list] = [/** @type {number[]} */ (this.effectsBegin), /** @type {Int32Array} */ (this.effectsList)];
    return Array.from(list.subarray(begin[event], begin[event + 1]));
  }

  turnRound() {
    const counts = new Array(this.count + 2).fill(0);
    for (let event = 1; event <= this.count; event++) for (const cause of this.follows(event)) counts[cause + 1]++;
    for (let event = 1; event <= this.count + 1; event++) counts[event] += counts[event - 1];
    const [list, next] = [new Int32Array(counts[this.count + 1]), counts.slice()];
    for (let event = 1; event <= this.count; event++) for (const cause of this.follows(event)) list[next[cause]++] = event;
    this.effectsBegin = counts;
    this.effectsList = list;
  }

  /** Everything that an event follows from, marked 1, and everything that follows from it, marked 2.
   * @param {number} event */
  cone(event) {
    const marks = new Uint8Array(this.count + 1);
    /** @param {number} mark @param {(event: number) => number[]} next */
    const walk = (mark, next) => {
      const open = next(event);
      while (open.length > 0) {
        const found = /** @type {number} */ (open.pop());
        if (marks[found] === mark || found === event) continue;
        marks[found] = mark;
        for (const other of next(found)) open.push(other);
      }
    };
    walk(1, (other) => this.follows(other).slice());
    walk(2, (other) => this.leadsTo(other));
    marks[event] = 3;
    return marks;
  }

  /** The restarts of a supervisor that count after a step, and the intensity.
   * @param {number} who @param {number} step @returns {[number, number, number] | null} */
  intensity(who, step) {
    const look = this.lookAt(who, step);
    if (!look || !look.i) return null;
    const [most, period] = look.i;
    const since = this.timeAt(step) - period * 1000;
    const used = this.restarts(who).filter((event) => this.step[event] <= step && this.at[event] >= since).length;
    return [used, most, period];
  }

  /** @param {number} who */
  restarts(who) {
    if (this.restartsOf === null) {
      this.restartsOf = new Map();
      for (let event = 1; event <= this.count; event++) {
        if (this.kind[event] !== KIND.restart) continue;
        const known = this.restartsOf.get(this.who[event]);
        if (known) known.push(event);
        else this.restartsOf.set(this.who[event], [event]);
      }
    }
    return this.restartsOf.get(who) ?? [];
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
